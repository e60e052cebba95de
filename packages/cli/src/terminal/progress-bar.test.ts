import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressBar, progressText } from './progress-bar.js';

const half = { what: 'contacts', done: 10_000, of: 20_000, rows: 95_000, elapsedMs: 10_000 };

describe('progressBar', () => {
  it('shows how far it is', () => {
    expect(progressBar(half, 200)).toBe(
      `[${'='.repeat(20)}${' '.repeat(20)}] 50 %, 10,000 of 20,000 contacts, 9,500 rows/s, 10.0 s left`,
    );
    expect(progressText({ ...half, done: 20_000 })).toBe('100 %, 20,000 of 20,000 contacts, 9,500 rows/s');
    expect(progressText({ ...half, of: null })).toBe('10,000 contacts, 9,500 rows/s');
  });

  it('is never as wide as the terminal, whatever it shows', () => {
    const anyProgress = fc.record({
      what: fc.constantFrom('contacts', 'inbound calls'),
      done: fc.nat(),
      of: fc.option(fc.nat()),
      rows: fc.nat(),
      elapsedMs: fc.nat(),
    });
    fc.assert(
      fc.property(anyProgress, fc.integer({ min: 1, max: 300 }), (progress, columns) => {
        expect(progressBar(progress, columns).length).toBeLessThan(columns);
      }),
    );
  });
});
