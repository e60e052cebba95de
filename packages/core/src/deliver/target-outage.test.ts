import { describe, expect, it } from 'vitest';
import { startBench } from '../../../../test/harness/delivery-bench.ts';
import type { Verdict } from '../contract/index.js';
import { parseAttemptSchedule } from './attempt-schedule.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const accepted: Verdict = { verdict: 'accepted' };
const down: Verdict = { verdict: 'retry', reason: 'HTTP 503', answer: '', fault: 'target' };

describe('R31 an outage of the target', () => {
  it('R31 sends only probes, of another contact each time, and spends no attempt', async () => {
    const bench = startBench({ random: () => 0.5 });
    let isDown = true;
    bench.onDeliver = () => (isDown ? down : accepted);
    const ids = Array.from({ length: 40 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(SECOND_MS / 2);
    const atOnce = bench.sent.length;
    await bench.clock.pass(12 * HOUR_MS);
    const probes = bench.sent.slice(atOnce);
    expect(probes.length).toBeGreaterThan(12 * 60);
    expect(probes.length).toBeLessThan(12 * 60 * 4);
    expect(new Set(probes.slice(0, 24).map(({ contactId }) => contactId)).size).toBe(24);
    expect(bench.queue.settled.filter(({ outcome }) => outcome !== 'postponed')).toHaveLength(4);
    isDown = false;
    await bench.clock.pass(10 * MINUTE_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(ids.map(() => 'accepted'));
    const said = bench.events.filter(({ type }) => type === 'waiting' || type === 'recovered');
    expect(said[0]).toMatchObject({ type: 'waiting', for: 'endpoint', code: 'ENDPOINT_DOWN', level: 'info' });
    expect(said.at(-1)).toMatchObject({ type: 'recovered', for: 'endpoint' });
    expect(said.length).toBeLessThan(60);
  });

  it('R31 sends nothing beside a probe, however long that takes', async () => {
    const bench = startBench({ random: () => 0.5 });
    let underWay = 0;
    const beside: number[] = [];
    bench.onDeliver = async (_message, signal) => {
      beside.push(underWay);
      underWay += 1;
      await bench.clock.sleep(beside.length > 10 ? 5 * MINUTE_MS : 0, signal);
      underWay -= 1;
      return down;
    };
    for (let nr = 0; nr < 10; nr += 1) bench.queue.add(`C${nr}`);
    await bench.clock.pass(HOUR_MS);
    expect(beside.length).toBeGreaterThan(15);
    expect(new Set(beside.slice(10))).toEqual(new Set([0]));
  });

  it('R31 pauses before the first acceptance ever, says so, and spends nothing', async () => {
    const bench = startBench({ hasEverAccepted: false, random: () => 0.5 });
    let answer: Verdict = { verdict: 'retry', reason: 'HTTP 404', answer: '', fault: 'target' };
    bench.onDeliver = () => answer;
    const ids = Array.from({ length: 3 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(2.5 * HOUR_MS);
    expect(new Set(bench.queue.settled.map(({ outcome }) => outcome))).toEqual(new Set(['postponed']));
    const said = bench.events.filter(({ type }) => type === 'waiting');
    expect(said).toHaveLength(5);
    expect(said[0]).toMatchObject({ for: 'endpoint', code: 'ENDPOINT_UNPROVEN' });
    answer = accepted;
    await bench.clock.pass(2 * MINUTE_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(ids.map(() => 'accepted'));
  });

  it('R31 does not hold what failed in a long outage against its contact', async () => {
    const bench = startBench({ schedule: parseAttemptSchedule('1h'), random: () => 0.99 });
    let isDown = true;
    bench.onDeliver = ({ attempt, contactId }) => (isDown || (contactId === 'C0' && attempt < 5) ? down : accepted);
    const ids = Array.from({ length: 9 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(80 * HOUR_MS);
    isDown = false;
    await bench.clock.pass(10 * HOUR_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(ids.map(() => 'accepted'));
  });
});
