// `node scripts/draw-report.ts` takes the pictures of the page of `dbsync report` in docs/images, of a simulated campaign. It needs a
// machine with apt-get, which brings Chromium.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChromium } from '../test/harness/servers/chromium.ts';
import { sampleReportPage } from '../test/reports/sample-report.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');

/** The pictures by their names, with the height of the part that each shows. */
const PICTURES = {
  'report-light': { width: 960, height: 900, scheme: 'light' },
  'report-dark': { width: 960, height: 900, scheme: 'dark' },
  'report-narrow': { width: 360, height: 900, scheme: 'light' },
} as const;

await using chromium = await startChromium();
mkdirSync(FOLDER, { recursive: true });
for (const [name, look] of Object.entries(PICTURES)) {
  const page = await chromium.show(await sampleReportPage(), look);
  const file = join(FOLDER, `${name}.webp`);
  const picture = await page.picture();
  writeFileSync(file, picture);
  console.log(`Wrote ${file} (${Math.ceil(picture.length / 1024)} kB).`);
}
