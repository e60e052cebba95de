// `node scripts/draw-report.ts` takes the pictures of the page of `dbsync report` in docs/images, of a simulated campaign. It needs a
// machine with apt-get, which brings Chromium.
import { sampleReportPage } from '../test/reports/sample-report.ts';
import { drawPictures } from './draw-pictures.ts';

const html = await sampleReportPage();
await drawPictures(
  [
    { name: 'report-light', look: { width: 960, height: 900, scheme: 'light' } },
    { name: 'report-dark', look: { width: 960, height: 900, scheme: 'dark' } },
    { name: 'report-narrow', look: { width: 360, height: 900, scheme: 'light' } },
  ],
  (chromium, { look }) => chromium.show(html, look),
);
