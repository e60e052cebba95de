import { describe, expect, it } from 'vitest';
import { createWaitReport } from './wait-report.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('createWaitReport', () => {
  it('speaks at once, after a minute, after ten, then hourly, louder each time', () => {
    const report = createWaitReport();
    const lines = [];
    for (let nowMs = 0; nowMs <= 3 * HOUR; nowMs += 20 * SECOND) {
      const line = report.failed(nowMs);
      if (line) lines.push([line.waitedMs, line.level, line.attempt]);
    }
    expect(lines).toEqual([
      [0, 'info', 1],
      [MINUTE, 'warn', 4],
      [10 * MINUTE, 'error', 31],
      [HOUR, 'error', 181],
      [2 * HOUR, 'error', 361],
      [3 * HOUR, 'error', 541],
    ]);
  });

  it('says under its breath what is mostly over at once, and aloud what lasts', () => {
    const report = createWaitReport();
    expect(report.failed(0, 'momentary')).toEqual({ level: 'debug', waitedMs: 0, attempt: 1 });
    expect(report.failed(MINUTE, 'momentary')).toMatchObject({ level: 'warn', waitedMs: MINUTE });
  });

  it('says one line where several fell due at once', () => {
    const report = createWaitReport();
    report.failed(0);
    expect(report.failed(5 * HOUR)).toEqual({ level: 'error', waitedMs: 5 * HOUR, attempt: 2 });
    expect(report.failed(5 * HOUR + MINUTE)).toBeNull();
  });

  it('ends with a success, and the next wait begins again', () => {
    const report = createWaitReport();
    expect(report.succeeded(0)).toBeNull();
    report.failed(10);
    expect(report.succeeded(15)).toBe(5);
    expect(report.succeeded(20)).toBeNull();
    expect(report.failed(30)).toEqual({ level: 'info', waitedMs: 0, attempt: 1 });
  });
});
