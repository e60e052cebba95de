import { describe, expect, it } from 'vitest';
import { type ZoneOffsets, zoneOffsets } from './zone-offsets.js';

const NOW = new Date('2026-07-01T00:00:00Z');

/** Returns the local time as a view computes it. */
function local({ first, changes }: ZoneOffsets, ms: number): string {
  const at = new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const seconds = changes.findLast((change) => at >= change.at)?.seconds ?? first;
  return new Date(ms + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

describe('zoneOffsets', () => {
  it('knows the hours of daylight saving to the second', () => {
    const { changes } = zoneOffsets('Europe/Madrid', NOW);
    expect(changes.filter(({ at }) => at.startsWith('2026'))).toEqual([
      { at: '2026-03-29 01:00:00', seconds: 7200 },
      { at: '2026-10-25 01:00:00', seconds: 3600 },
    ]);
    expect(changes.at(-1)?.at).toMatch(/^2036-10/);
  });

  it('gives no change for a zone without daylight saving', () => {
    expect(zoneOffsets('UTC', NOW)).toEqual({ first: 0, changes: [] });
    expect(zoneOffsets('America/Bogota', NOW)).toEqual({ first: -18_000, changes: [] });
  });

  it.each([
    'Europe/Madrid',
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'Africa/Cairo',
  ])('gives the same local time as Intl in %s, from 2000 on', (timeZone) => {
    const zone = zoneOffsets(timeZone, NOW);
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    for (let ms = Date.UTC(2000, 0, 2); ms < Date.UTC(2036, 0, 1); ms += 37 * 3_600_000) {
      expect(local(zone, ms)).toBe(format.format(ms));
    }
  });

  it.each(['Mars/Olympus', '', 'Europe/Madrid; DROP TABLE x'])('refuses %j', (timeZone) => {
    expect(() => zoneOffsets(timeZone)).toThrow('is no time zone');
  });
});
