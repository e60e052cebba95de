import { describe, expect, it } from 'vitest';
import { createTimeline } from './timeline.js';

const HOUR_MS = 3_600_000;

describe('createTimeline', () => {
  const startMs = Date.parse('2026-01-01');
  const endMs = Date.parse('2026-01-31');
  const timeline = createTimeline({ seed: 1, contacts: 2000, transactions: 2.5, startMs, endMs });
  const indexes = Array.from({ length: 2000 }, (_, index) => index);
  const firedOf = (index: number) =>
    Array.from({ length: timeline.transactionCount(index) }, (_, transactionIndex) =>
      timeline.firedAt(index, transactionIndex),
    );

  it('fires in order, between creation and last change, all of it in the past', () => {
    for (const index of indexes) {
      const times = [startMs, timeline.createdAt(index), ...firedOf(index), timeline.changedAt(index), endMs];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it('has the mean number of transactions', () => {
    const total = indexes.reduce((sum, index) => sum + timeline.transactionCount(index), 0);
    expect(total / indexes.length).toBeCloseTo(2.5, 1);
  });

  it('finds exactly the contacts of a window', () => {
    for (const [from, to] of [
      [0, 1],
      [100, 103.5],
      [719, 720],
      [-5, 2],
      [715, 800],
      [300, 300],
    ] as const) {
      const [fromMs, toMs] = [startMs + from * HOUR_MS, startMs + to * HOUR_MS];
      const inWindow = (index: number) => firedOf(index).some((ms) => ms >= fromMs && ms < toMs);
      expect(timeline.firedBetween(fromMs, toMs)).toEqual(indexes.filter(inWindow));
    }
  });

  it('finds the first contact that changed since', () => {
    for (const ms of [
      0,
      startMs,
      startMs + 100 * HOUR_MS,
      timeline.changedAt(77),
      timeline.changedAt(77) + 1,
      endMs + 1,
    ]) {
      const first = indexes.find((index) => timeline.changedAt(index) >= ms) ?? 2000;
      expect(timeline.firstChangedSince(ms)).toBe(first);
    }
  });
});
