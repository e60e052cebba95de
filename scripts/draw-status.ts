// `node scripts/draw-status.ts` takes the pictures of the status page in docs/images, of a made-up day. It needs a machine with
// apt-get, which brings Chromium.
import { startSampleStatus } from '../test/reports/sample-status.ts';
import { drawPictures } from './draw-pictures.ts';

await using late = await startSampleStatus('late');
await using webhook = await startSampleStatus('webhook');
await drawPictures(
  [
    { name: 'status-light', url: late.url, look: { width: 960, height: 1_060, scheme: 'light' } },
    { name: 'status-dark', url: late.url, look: { width: 960, height: 1_060, scheme: 'dark' } },
    { name: 'status-narrow', url: `${webhook.url}?lang=es`, look: { width: 360, height: 1_000, scheme: 'light' } },
  ],
  (chromium, { url, look }) => chromium.visit(url, look),
);
