import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chromium, type PageLook, startChromium } from '../harness/servers/chromium.ts';
import { faintMarks, wideParts } from './page-faults.ts';
import { type SampleName, startSampleStatus } from './sample-status.ts';

const LOOKS: readonly PageLook[] = [
  { width: 360, height: 740, scheme: 'light' },
  { width: 360, height: 740, scheme: 'dark' },
  { width: 1280, height: 800, scheme: 'light' },
  { width: 1280, height: 800, scheme: 'dark' },
];
const SAMPLES: readonly (readonly [sample: SampleName, marks: number])[] = [
  ['late', 3],
  ['webhook', 3],
  ['many', 3],
];

describe('the status page in a browser', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium[Symbol.asyncDispose]());

  for (const [sample, marks] of SAMPLES) {
    it.each(LOOKS)(`${sample}: fits, can be read, and asks for nothing: %j`, async (look) => {
      await using status = await startSampleStatus(sample);
      for (const query of ['?lang=en', '?lang=es']) {
        const page = await chromium.visit(status.url + query, look);
        await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
        expect(await page.evaluate(wideParts)).toEqual([]);
        expect(await page.evaluate(faintMarks)).toEqual([]);
        expect(page.requests).toEqual([]);
        expect(page.messages).toEqual([]);
        expect(await page.evaluate('document.scripts.length')).toBe(0);
        // A page without charts or marks of states would pass all of the above.
        expect(await page.evaluate('document.querySelectorAll("circle, path").length')).toBe(marks);
        const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        expect(ground).toBe(look.scheme === 'dark' ? 'rgb(20, 24, 29)' : 'rgb(255, 255, 255)');
      }
    });
  }

  it('draws the outage of the day where it was, as high as it was', async () => {
    await using status = await startSampleStatus('late');
    const page = await chromium.visit(status.url, { width: 1280, height: 800, scheme: 'light' });
    const [lag] = await page.evaluate<readonly string[]>(
      '[...document.querySelectorAll("svg.bars path")].map((path) => path.getAttribute("d"))',
    );
    const heights = Array.from(
      lag?.matchAll(/M(\d+) 144V([\d.]+)/g) ?? [],
      ([, at, y]) => [Number(at), Number(y)] as const,
    );
    const highest = heights.reduce((best, each) => (each[1] < best[1] ? each : best));
    // Minutes 611 to 654 of 1,440, in steps of five.
    expect(highest[0]).toBeGreaterThanOrEqual(129);
    expect(highest[0]).toBeLessThanOrEqual(131);
    expect(await page.evaluate<string>('document.querySelector("svg.bars").getAttribute("aria-label")')).toMatch(
      /at most 4\d min/,
    );
  });

  it('leads from the table of campaigns to one of them, and back', async () => {
    await using status = await startSampleStatus('many');
    const look = { width: 1280, height: 800, scheme: 'light' } as const;
    const overview = await chromium.visit(status.url, look);
    const links = await overview.evaluate<readonly string[]>(
      '[...document.querySelectorAll("td a, th a")].map(({ href }) => href)',
    );
    expect(links).toHaveLength(3);
    for (const link of links) {
      const page = await chromium.visit(link, look);
      expect(await page.evaluate<string>('document.querySelector(".state").textContent')).toMatch(
        /^(?:Late|Current): /,
      );
      expect(await page.evaluate<string>('document.querySelector("main > p a").textContent')).toBe('All campaigns');
      expect(page.messages).toEqual([]);
    }
  });
});
