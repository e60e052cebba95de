import { describe, expect, it } from 'vitest';
import { createRequestSize, type RequestSize } from './request-size.js';

const SMALL_BYTES = 1_000;

function answer(size: RequestSize, times: number, { tookMs = 100, bytes = SMALL_BYTES } = {}): void {
  for (let count = 0; count < times; count++) size.answered(size.ids, size.ids * bytes, tookMs);
}

describe('createRequestSize', () => {
  it('grows from 20 to 200 while answers are quick', () => {
    const size = createRequestSize(null);
    expect(size.ids).toBe(20);
    answer(size, 1);
    expect(size.ids).toBe(30);
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
  });

  it('is not led by answers to smaller requests', () => {
    const size = createRequestSize(null);
    size.answered(3, 3 * SMALL_BYTES, 10);
    expect(size.ids).toBe(20);
  });

  it('halves what was refused, and tries again after a while', () => {
    const size = createRequestSize(null);
    answer(size, 4);
    expect(size.ids).toBe(102);
    size.refused(102);
    expect(size.ids).toBe(51);
    answer(size, 10);
    expect(size.ids).toBe(51);
    answer(size, 100);
    expect(size.ids).toBeGreaterThan(51);
  });

  it('takes the refusal of a size that went well for a fault of the ids', () => {
    const size = createRequestSize(null);
    answer(size, 4);
    size.refused(20);
    expect(size.ids).toBe(102);
  });

  it('takes exactly so many as were fixed, fewer only where they are refused', () => {
    const size = createRequestSize(50);
    answer(size, 10, { tookMs: 20_000 });
    expect(size.ids).toBe(50);
    const refusing = createRequestSize(50);
    refusing.refused(50);
    expect(refusing.ids).toBe(25);
  });
});
