import { describe, expect, it } from 'vitest';
import { createPageSize } from './page-size.js';

const SECOND = 1_000;

describe('the size of pages', () => {
  it('differs from reading to reading, so that pages have other borders', () => {
    const size = createPageSize();
    expect([1, 2, 3, 4, 5].map(size.limit)).toEqual([1000, 997, 991, 983, 1000]);
    size.late(1000);
    expect(new Set([1, 2, 3, 4].map(size.limit)).size).toBe(4);
  });

  it('is halved while pages are late, down to ten', () => {
    const size = createPageSize();
    const sizes = Array.from({ length: 9 }, () => {
      size.late(size.limit(1));
      return size.limit(1);
    });
    expect(sizes).toEqual([500, 250, 125, 62, 31, 15, 10, 10, 10]);
  });

  it('falls to a single entry where pages are larger than dbsync takes, and grows again', () => {
    const size = createPageSize();
    const sizes = Array.from({ length: 6 }, () => {
      size.tooLarge(size.limit(1));
      return size.limit(1);
    });
    expect(sizes).toEqual([250, 62, 15, 3, 1, 1]);
    expect([1, 2, 3, 4].map(size.limit)).toEqual([1, 1, 1, 1]);
    size.late(1);
    expect(size.limit(1)).toBe(1);
    for (let page = 0; page < 30; page++) size.answered(SECOND);
    expect(size.limit(1)).toBe(1000);
  });

  it('differs from reading to reading also where pages are smallest', () => {
    const size = createPageSize();
    for (let page = 0; page < 9; page++) size.late(size.limit(1));
    expect([1, 2, 3, 4].map(size.limit)).toEqual([10, 9, 8, 7]);
  });

  it('is halved once for all pages of one size that are late together', () => {
    const size = createPageSize();
    for (let page = 0; page < 5; page++) size.late(1000);
    expect(size.limit(1)).toBe(500);
  });

  it('grows again while pages come quickly, and stays where they do not', () => {
    const size = createPageSize();
    for (let page = 0; page < 9; page++) size.late(size.limit(1));
    for (let page = 0; page < 30; page++) size.answered(20 * SECOND);
    expect(size.limit(1)).toBe(10);
    for (let page = 0; page < 30; page++) size.answered(SECOND);
    expect(size.limit(1)).toBe(1000);
  });

  it('is smaller in every second reading where cursors are refused', () => {
    const size = createPageSize();
    for (let reading = 1; reading <= 5; reading++) size.refused(reading);
    expect([1, 2, 3, 4].map(size.limit)).toEqual([1000, 124, 991, 122]);
  });
});
