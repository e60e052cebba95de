import { describe, expect, it } from 'vitest';
import { createRequestSize, type RequestSize } from './request-size.js';

const SMALL_BYTES = 1_000;

function answer(size: RequestSize, times: number, { tookMs = 100, bytes = SMALL_BYTES } = {}): void {
  for (let count = 0; count < times; count++) size.answered(size.ids, size.ids * bytes, tookMs);
}

describe('createRequestSize', () => {
  it('grows from 4 to 200 while answers are quick', () => {
    const size = createRequestSize(null);
    expect(size.ids).toBe(4);
    answer(size, 1);
    expect(size.ids).toBe(8);
    answer(size, 20);
    expect(size.ids).toBe(200);
  });

  it('stands while answers take a second, and shrinks to 20 while they take ten', () => {
    const size = createRequestSize(null);
    answer(size, 20);
    answer(size, 1, { tookMs: 2_000 });
    expect(size.ids).toBe(200);
    answer(size, 10, { tookMs: 20_000 });
    expect(size.ids).toBe(20);
  });

  it('keeps answers of large contacts near a megabyte', () => {
    const size = createRequestSize(null);
    answer(size, 50, { bytes: 20_000 });
    expect(size.ids).toBe(52);
    answer(size, 1, { bytes: 1_500_000 });
    expect(size.ids).toBe(1);
  });

  it('takes the contacts for large until the first answer, and grows with them at once', () => {
    const size = createRequestSize(null);
    expect(size.ids * size.expectedBytes).toBe(1 << 20);
    answer(size, 10);
    expect(size.expectedBytes).toBe(SMALL_BYTES);
    size.arriving(100, 3_000_000);
    expect(size.expectedBytes).toBe(30_000);
    expect(size.ids).toBe(34);
  });

  it('is halved by each time-out, and grows again after a while', () => {
    const size = createRequestSize(null);
    answer(size, 20);
    size.timedOut(200);
    expect(size.ids).toBe(100);
    size.timedOut(100);
    size.timedOut(50);
    expect(size.ids).toBe(25);
    for (let time = 0; time < 10; time++) size.timedOut(size.ids);
    expect(size.ids).toBe(1);
    answer(size, 300);
    expect(size.ids).toBe(200);
  });

  it('is not led by answers to smaller requests', () => {
    const size = createRequestSize(null);
    size.answered(1, SMALL_BYTES, 10);
    expect(size.ids).toBe(4);
  });

  it('halves what was refused, and tries again after a while', () => {
    const size = createRequestSize(null);
    answer(size, 5);
    expect(size.ids).toBe(128);
    size.refused(128);
    expect(size.ids).toBe(64);
    answer(size, 10);
    expect(size.ids).toBe(64);
    answer(size, 100);
    expect(size.ids).toBeGreaterThan(64);
  });

  it('takes the refusal of a size that went well for a fault of the ids', () => {
    const size = createRequestSize(null);
    answer(size, 5);
    size.refused(20);
    expect(size.ids).toBe(128);
  });

  it('takes exactly the fixed number, and fewer only where a request is refused', () => {
    const size = createRequestSize(50);
    answer(size, 10, { tookMs: 20_000 });
    expect(size.ids).toBe(50);
    const refusing = createRequestSize(50);
    refusing.refused(50);
    expect(refusing.ids).toBe(25);
  });
});
