import { describe, expect, it } from 'vitest';
import { checkedValues } from '../../options/checked-values.js';
import { daysOf, reportPeriod, timeIn } from './report-period.js';

/** 22:30 in Bogota, and the next day in UTC. */
const NOW = Date.UTC(2026, 2, 2, 3, 30);

function period(values: Readonly<Record<string, string>>, timeZone = 'America/Bogota') {
  return reportPeriod(checkedValues(new Map(Object.entries(values))), timeZone, NOW);
}

describe('the period of a report', () => {
  it('is by default the 30 days up to the present day of the zone', () => {
    expect(period({})).toEqual({ firstDay: '2026-01-31', lastDay: '2026-03-01' });
    expect(period({}, 'UTC')).toEqual({ firstDay: '2026-02-01', lastDay: '2026-03-02' });
  });

  it('has both of the given days, and 30 days where only the last one is given', () => {
    expect(period({ since: '2026-01-05', until: '2026-01-05' })).toEqual({
      firstDay: '2026-01-05',
      lastDay: '2026-01-05',
    });
    expect(period({ until: '2026-01-31' })).toEqual({ firstDay: '2026-01-02', lastDay: '2026-01-31' });
    expect(period({ since: '2026-02-27' }).lastDay).toBe('2026-03-01');
  });

  it.each([{ since: '2026-03-02' }, { since: '2010-01-01' }, { since: '2026-13-01' }, { until: '1969-12-31' }])(
    'refuses %j',
    (values) => {
      expect(() => period(values)).toThrow('--');
    },
  );

  it('counts each day once, also where a zone changes its hour', () => {
    const days = daysOf({ firstDay: '2026-03-28', lastDay: '2026-04-01' });
    expect(days).toEqual(['2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31', '2026-04-01']);
  });

  it('writes a time as its zone reads it, and names the option where the zone is none', () => {
    expect(timeIn('America/Bogota', NOW)).toBe('2026-03-01 22:30:00');
    expect(() => timeIn('Mars/Olympus', NOW)).toThrow('--time-zone: "Mars/Olympus" is no time zone');
  });
});
