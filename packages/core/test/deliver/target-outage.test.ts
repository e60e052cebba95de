import { describe, expect, it } from 'vitest';
import { startBench } from '../../../../test/harness/delivery-bench.ts';
import type { Verdict } from '../../src/contract/index.ts';
import { parseAttemptSchedule } from '../../src/deliver/attempt-schedule.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const accepted: Verdict = { verdict: 'accepted' };
const gone: Verdict = { verdict: 'gone', reason: 'HTTP 410', answer: 'deleted' };
const down: Verdict = { verdict: 'retry', reason: 'HTTP 503', answer: '', fault: 'target' };

describe('R31 an outage of the target', () => {
  it('R31 sends only probes, of another contact each time, and spends no attempt', async () => {
    const bench = startBench();
    let isDown = true;
    bench.onDeliver = () => (isDown ? down : accepted);
    const ids = Array.from({ length: 40 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(SECOND_MS / 2);
    const atOnce = bench.sent.length;
    await bench.clock.pass(12 * HOUR_MS);
    const probes = bench.sent.slice(atOnce);
    expect(probes).toHaveLength(12 * 60);
    expect(new Set(probes.slice(0, 24).map(({ contactId }) => contactId)).size).toBe(24);
    expect(bench.queue.settled.filter(({ outcome }) => outcome !== 'postponed')).toHaveLength(4);
    isDown = false;
    await bench.clock.pass(10 * MINUTE_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(ids.map(() => 'accepted'));
    const said = bench.events.filter(({ type }) => type === 'waiting' || type === 'recovered');
    expect(said[0]).toMatchObject({ type: 'waiting', for: 'endpoint', code: 'ENDPOINT_DOWN', level: 'info' });
    expect(said.at(-1)).toMatchObject({ type: 'recovered', for: 'endpoint' });
    expect(said.length).toBeLessThan(60);
    const states = bench.events.flatMap((event) => (event.type === 'breaker' ? [event] : []));
    expect(states.slice(0, 3)).toEqual([
      { type: 'breaker', state: 'closed', nextTryInMs: null },
      { type: 'breaker', state: 'down', nextTryInMs: MINUTE_MS },
      { type: 'breaker', state: 'down', nextTryInMs: MINUTE_MS },
    ]);
    expect(states.at(-1)).toMatchObject({ state: 'closed' });
  });

  it('R31 sends nothing beside a probe, however long that takes', async () => {
    const bench = startBench();
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
    const bench = startBench({ hasEverAccepted: false });
    let answer: Verdict = { verdict: 'retry', reason: 'HTTP 404', answer: '', fault: 'setup' };
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
    const bench = startBench({ schedule: parseAttemptSchedule('1h') });
    let isDown = true;
    bench.onDeliver = ({ attempt, contactId }) => (isDown || (contactId === 'C0' && attempt < 5) ? down : accepted);
    const ids = Array.from({ length: 9 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(80 * HOUR_MS);
    isDown = false;
    await bench.clock.pass(10 * HOUR_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(ids.map(() => 'accepted'));
  });

  it('R31 a Retry-After of a day binds its contact, and the target for five minutes', async () => {
    const bench = startBench();
    let isDown = true;
    bench.onDeliver = () => (isDown ? { ...down, retryAfterMs: 24 * HOUR_MS } : accepted);
    const ids = Array.from({ length: 40 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(MINUTE_MS);
    expect(bench.sent).toHaveLength(16);
    isDown = false;
    await bench.clock.pass(5 * MINUTE_MS);
    const outcomes = () => ids.map((id) => bench.outcomeOf(id)?.outcome);
    expect(outcomes().filter((outcome) => outcome === 'accepted')).toHaveLength(24);
    await bench.clock.pass(23 * HOUR_MS);
    expect(outcomes().filter((outcome) => outcome === 'accepted')).toHaveLength(24);
    await bench.clock.pass(HOUR_MS);
    expect(outcomes()).toEqual(ids.map(() => 'accepted'));
  });

  it('R31 tries a contact that is not due when none is for five minutes', async () => {
    const bench = startBench({ hasEverAccepted: false });
    let isDown = true;
    bench.onDeliver = () => (isDown ? { ...down, retryAfterMs: 24 * HOUR_MS } : accepted);
    const id = bench.queue.add('C1');
    await bench.clock.pass(16 * MINUTE_MS);
    expect(bench.sent.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
    isDown = false;
    await bench.clock.pass(5 * MINUTE_MS);
    expect(bench.outcomeOf(id)?.outcome).toBe('accepted');
  });

  it('R31 a contact that is gone is given up at once, and the others go on', async () => {
    const bench = startBench();
    bench.onDeliver = ({ contactId }) => (contactId === 'deleted' ? gone : accepted);
    const ids = ['deleted', 'A', 'deleted', 'B'].map((contactId) => bench.queue.add(contactId));
    await bench.clock.pass(SECOND_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(['dead', 'accepted', 'dead', 'accepted']);
    expect(bench.outcomeOf(ids[0] ?? '')).toMatchObject({ code: 'DELIVERY_REFUSED', failure: { answer: 'deleted' } });
  });

  it('R31 all wait when five contacts in a row are gone, nothing more is given up, and it goes on by itself', async () => {
    const bench = startBench();
    let isGone = true;
    bench.onDeliver = () => (isGone ? gone : accepted);
    const ids = Array.from({ length: 20 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(12 * HOUR_MS);
    const outcomes = () => ids.map((id) => bench.outcomeOf(id)?.outcome);
    expect(outcomes().filter((outcome) => outcome === 'dead')).toHaveLength(4);
    expect(bench.events.find(({ type }) => type === 'waiting')).toMatchObject({ code: 'ENDPOINT_GONE' });
    isGone = false;
    await bench.clock.pass(2 * MINUTE_MS);
    expect(outcomes().filter((outcome) => outcome === 'accepted')).toHaveLength(16);
  });

  it('R31 spends nothing on 410 before the first acceptance ever', async () => {
    const bench = startBench({ hasEverAccepted: false });
    bench.onDeliver = () => gone;
    const id = bench.queue.add('C1');
    await bench.clock.pass(HOUR_MS);
    expect(bench.outcomeOf(id)).toMatchObject({ outcome: 'postponed', failure: { reason: 'HTTP 410' } });
    expect(bench.events.find(({ type }) => type === 'waiting')).toMatchObject({ code: 'ENDPOINT_UNPROVEN' });
  });

  it('R31 says so when the target answers everything about its message, and counts no attempt from then on', async () => {
    const bench = startBench();
    let isWell = false;
    bench.onDeliver = () => (isWell ? accepted : { ...down, reason: 'HTTP 500', fault: 'message' });
    const ids = Array.from({ length: 30 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(90 * HOUR_MS);
    expect(bench.events.find(({ type }) => type === 'waiting')).toMatchObject({ code: 'ENDPOINT_REFUSING' });
    isWell = true;
    await bench.clock.pass(30 * HOUR_MS);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(ids.map(() => 'accepted'));
  });

  it('R33 a message gets ten attempts that count, and its dead letter tells of all', async () => {
    const bench = startBench({ schedule: parseAttemptSchedule('1h') });
    let isDown = true;
    bench.onDeliver = ({ contactId }) =>
      isDown ? down : contactId === 'C9' ? { ...down, fault: 'message' } : accepted;
    const ids = Array.from({ length: 10 }, (_, nr) => bench.queue.add(`C${nr}`));
    await bench.clock.pass(HOUR_MS);
    isDown = false;
    await bench.clock.pass(12 * HOUR_MS);
    const sent = bench.sent.filter(({ contactId }) => contactId === 'C9').length;
    expect(sent).toBeGreaterThan(12);
    expect(bench.outcomeOf(ids[9] ?? '')).toMatchObject({
      outcome: 'dead',
      code: 'DELIVERY_EXHAUSTED',
      failure: { reason: `HTTP 503 (10 attempts counted, ${sent} in all)` },
    });
  });
});
