import { expect, it } from 'vitest';
import { afterFetchingAll } from './md5-trust.js';
import { NO_PROGRESS } from './watermark.js';

const doubted = { ...NO_PROGRESS, md5Proves: false };
const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour)).toISOString();

it('R8 trusts md5s again after a day of listings that fetched all and found no contradiction', () => {
  const begun = afterFetchingAll(doubted, at(0), at(1));
  expect(begun).toEqual({ ...doubted, md5AgreesSince: at(1) });
  expect(afterFetchingAll(begun, at(24), at(25))).toEqual(begun);
  expect(afterFetchingAll(begun, at(25), at(26))).toEqual(NO_PROGRESS);
});

it('R8 begins the day again when a contact contradicts its md5', () => {
  const contradicted = { ...afterFetchingAll(doubted, at(0), at(1)), md5AgreesSince: null };
  expect(afterFetchingAll(contradicted, at(30), at(31))).toEqual({ ...doubted, md5AgreesSince: at(31) });
});

it('leaves progress alone where md5s prove', () => {
  expect(afterFetchingAll(NO_PROGRESS, at(0), at(1))).toBe(NO_PROGRESS);
});
