import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chromium, type PageLook, startChromium } from '../harness/servers/chromium.ts';
import { faintMarks, wideParts } from './page-faults.ts';
import { sampleReportPage } from './sample-report.ts';

const NARROW: PageLook = { width: 360, height: 740, scheme: 'light' };

const LOOKS: readonly PageLook[] = [
  NARROW,
  { width: 360, height: 740, scheme: 'dark' },
  { width: 1280, height: 800, scheme: 'light' },
  { width: 1280, height: 800, scheme: 'dark' },
  { width: 794, height: 1123, scheme: 'dark', media: 'print' },
];

describe('the page of dbsync report in a browser', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium[Symbol.asyncDispose]());

  it.each(LOOKS)('fits, can be read, and asks for nothing: %j', async (look) => {
    const page = await chromium.show(await sampleReportPage(), look);
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    expect(await page.evaluate(wideParts)).toEqual([]);
    expect(await page.evaluate(faintMarks)).toEqual([]);
    expect(page.requests).toEqual([]);
    expect(page.messages).toEqual([]);
    expect(await page.evaluate('document.scripts.length')).toBe(0);
    // A chart without bars would pass all of the above.
    expect(await page.evaluate('document.querySelectorAll("svg.bars rect").length')).toBeGreaterThan(40);
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const isDark = look.scheme === 'dark' && look.media !== 'print';
    expect(ground).toBe(isDark ? 'rgb(20, 24, 29)' : 'rgb(255, 255, 255)');
  });

  it('fails all that waits for a browser that dies, and cleans up behind it', async () => {
    await using dying = await startChromium();
    const page = await dying.show('<!doctype html>', NARROW);
    const waiting = page.evaluate('new Promise(() => {})').catch((error: unknown) => error);
    await using silent = createServer(() => dying.kill()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await expect(dying.show(`<img src="http://127.0.0.1:${port}/">`, NARROW)).rejects.toThrow('SIGKILL');
    expect(await waiting).toMatchObject({ message: expect.stringContaining('SIGKILL') });
    await expect(page.evaluate('1')).rejects.toThrow('SIGKILL');
  });

  it('finds a page that is too wide, is hard to read, or asks for more', async () => {
    const faulty = `<!doctype html><body style="background: #ffffff"><p style="color: rgb(153, 153, 153)">faint</p>
<svg><rect class="whole" width="9" height="9" fill="#dddddd"/></svg><div style="width: 2000px">wide</div>
<img src="http://127.0.0.1:9/picture.png"><script>console.error('no')</script>`;
    const page = await chromium.show(faulty, NARROW);
    expect(await page.evaluate(wideParts)).toContain('DIV');
    expect(await page.evaluate(faintMarks)).toEqual(['faint: 2.8', 'rect.whole: 1.4']);
    expect(page.requests).toEqual(['http://127.0.0.1:9/picture.png']);
    expect(page.messages.join('\n')).toContain('no');
  });
});
