import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { advance, earlier, NO_PROGRESS } from './watermark.js';
import { toInstant } from './window.js';

const minute = fc.nat(500);
const at = (minutes: number) => toInstant(minutes * 60_000);

it('R1 never passes over time that was not read, and never falls', () => {
  fc.assert(
    fc.property(minute, fc.array(fc.tuple(minute, minute)), (start, windows) => {
      let progress: Progress & { eventsUntil: string } = { ...NO_PROGRESS, eventsUntil: at(start) };
      const read: [number, number][] = [[0, start]];
      for (const [from, until] of windows) {
        const before = progress.eventsUntil;
        const advanced = advance(progress, 'eventsUntil', at(from), at(until));
        progress = { ...advanced, eventsUntil: advanced.eventsUntil ?? '' };
        read.push([from, until]);
        expect(progress.eventsUntil >= before).toBe(true);
      }
      const mark = Date.parse(progress.eventsUntil) / 60_000;
      for (let t = 0; t < mark; t++) expect(read.some(([from, until]) => from <= t && t < until)).toBe(true);
    }),
  );
});

it('R1 takes the end of the first stretch where there was no mark, and everything where it began nowhere', () => {
  expect(advance(NO_PROGRESS, 'listedFrom', at(5), at(9)).listedFrom).toBe(at(9));
  const later = { ...NO_PROGRESS, listedFrom: at(7) };
  expect(advance(later, 'listedFrom', null, at(9)).listedFrom).toBe(at(9));
  expect(advance(later, 'listedFrom', at(8), at(9)).listedFrom).toBe(at(7));
});

it('takes the earlier instant, and the one there is', () => {
  expect(earlier(at(1), at(2))).toBe(at(1));
  expect(earlier(null, at(2))).toBe(at(2));
  expect(earlier(null, null)).toBeNull();
});
