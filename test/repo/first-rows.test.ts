import { describe, expect, it } from 'vitest';
import { BEGIN, END, firstRowsSection, withFirstRows } from '../../bench/first-rows/page-section.ts';
import { WAYS } from '../../bench/first-rows/ways.ts';
import { repositoryFiles } from './source-files.ts';

const PAGE = 'docs/installing.md';
const files = repositoryFiles();
const page = files.find(({ path }) => path === PAGE)?.text ?? '';
const section = page.split(BEGIN)[1]?.split(END)[0] ?? '';

/** Returns the commands of the tables below each heading, and the texts behind them. */
function waysIn(text: string): Readonly<Record<string, readonly string[]>> {
  const parts = text.split(/^### /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => [
      part.split('\n', 1)[0] ?? '',
      Array.from(part.matchAll(/^\| `(.+?)` +\|/gm), ([, command = '']) => command),
    ]),
  );
}

describe('the ways from nothing to rows', () => {
  const measured = Object.fromEntries(WAYS.map(({ heading, steps }) => [heading, steps.map(({ typed }) => typed)]));

  it('have in the page the commands that the bench runs, in their order', () => {
    expect(WAYS.map(({ name }) => name)).toEqual(['npm', 'deb', 'compose', 'config file']);
    expect(waysIn(section)).toEqual(measured);
  });

  it('have a time for each command, and say which parts were played', () => {
    for (const { played } of WAYS) expect(section).toContain(played);
    const timed = section.match(/^\| (?:`.+`|total) +\| +[\d.]+ s +\| +[\d.]+ s +\|$/gm) ?? [];
    const steps = WAYS.flatMap((way) => way.steps);
    expect(timed.length + (section.match(/NOT RUN/g)?.length ?? 0)).toBeGreaterThan(0);
    if (!section.includes('NOT RUN')) expect(timed).toHaveLength(steps.length + WAYS.length);
  });

  it('consist of commands that a page tells the user', () => {
    const pages = files
      .filter(({ path }) => /^(?:README\.md|docs\/(?:installing|containers|configuration)\.md)$/.test(path))
      .map(({ text }) => text.replace(section, ''))
      .join('\n');
    const missing = WAYS.flatMap(({ steps }) => steps.map(({ typed }) => typed)).filter(
      (line) => !pages.includes(line),
    );
    expect(missing).toEqual([]);
  });

  it('are replaced as a whole, and a way that cannot be played says so', () => {
    const played = WAYS.map((way) => ({ way, reason: 'no program' }));
    const written = firstRowsSection({ contacts: 10, played, machine: 'none' });
    expect(waysIn(written)).toEqual(measured);
    expect(written.match(/NOT RUN: no program/g)).toHaveLength(WAYS.length);
    expect(withFirstRows(`before\n${BEGIN}\nold\n${END}\nafter\n`, written)).toBe(`before\n${written}\nafter\n`);
    expect(() => withFirstRows('a page', written)).toThrow('no place');
  });
});
