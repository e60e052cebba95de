// Takes pictures of pages for docs/images, in a browser of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chromium, type PageLook, type ShownPage, startChromium } from '../test/harness/servers/chromium.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');

/** A picture by the name of its file, as large as the look of the page. */
export interface Picture {
  readonly name: string;
  readonly look: PageLook;
}

/** Takes each picture of the page that `open` shows. */
export async function drawPictures<Each extends Picture>(
  pictures: readonly Each[],
  open: (chromium: Chromium, picture: Each) => Promise<ShownPage>,
): Promise<void> {
  await using chromium = await startChromium();
  mkdirSync(FOLDER, { recursive: true });
  for (const picture of pictures) {
    const page = await open(chromium, picture);
    const file = join(FOLDER, `${picture.name}.webp`);
    const taken = await page.picture();
    writeFileSync(file, taken);
    console.log(`Wrote ${file} (${Math.ceil(taken.length / 1024)} kB).`);
  }
}
