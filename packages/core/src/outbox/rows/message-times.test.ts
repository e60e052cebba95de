import { expect, it, onTestFinished, vi } from 'vitest';
import { contactWith, failureAt, type HeldOutbox } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const file = outboxFileOfEachTest();

/** An outbox whose one message has failed and is due again in an hour. */
async function holdFailed(): Promise<HeldOutbox> {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A', 'one')] });
  const [message] = await held.take();
  const failure = failureAt(file.clock.nowMs);
  const dueMs = file.clock.nowMs + HOUR_MS;
  await held.settle({ id: message?.id ?? '', outcome: 'failed', dueMs, failure });
  return held;
}

/** Makes the last process seem to have ended this time ago; negative: the clock was set back since. */
const restFor = (ms: number) => file.exec(`UPDATE streams SET lease_until = lease_until - ${ms}`);

const times = () => file.query('SELECT retry_ms, failing_since_ms FROM messages')[0];

it('R33 moves the instants of what waits where the clock is set under the claim', async () => {
  const held = await holdFailed();
  const { nowMs } = file.clock;
  await held.queue.clockSet(held.claim, -30 * DAY_MS, never);
  expect(await held.take(1, nowMs - 30 * DAY_MS + HOUR_MS - 1)).toEqual([]);
  const taken = await held.take(1, nowMs - 30 * DAY_MS + HOUR_MS);
  expect(taken).toMatchObject([{ contactId: 'A', failingSinceMs: nowMs - 30 * DAY_MS }]);
});

/** Sets the machine's clock. */
function setClock(byMs: number): void {
  const realNow = Date.now;
  const set = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + byMs);
  onTestFinished(() => set.mockRestore());
  file.clock.nowMs += byMs;
}

it.each([
  ['back', -7 * DAY_MS],
  ['ahead', 7 * DAY_MS],
])(
  'R33 a clock that was set %s is found by the next claim, though the claim before has beaten since',
  async (_, byMs) => {
    const held = await holdFailed();
    const { nowMs } = file.clock;
    setClock(byMs);
    await held.write({});
    await held.store.release(held.claim, never);
    await file.hold();
    const { retry_ms: retryMs, failing_since_ms: failingSinceMs } = times() ?? {};
    expect(Math.abs(Number(failingSinceMs) - nowMs - byMs)).toBeLessThan(MINUTE_MS);
    expect(Math.abs(Number(retryMs) - nowMs - HOUR_MS - Math.min(0, byMs))).toBeLessThan(MINUTE_MS);
  },
);

it('R33 a claim moves nothing again that the claim before has moved', async () => {
  const held = await holdFailed();
  setClock(-7 * DAY_MS);
  await held.queue.clockSet(held.claim, -7 * DAY_MS, never);
  const moved = times();
  await held.write({});
  await file.hold();
  expect(times()).toEqual(moved);
});

it('R10 moves nothing for a claim that is lost', async () => {
  const held = await holdFailed();
  const before = times();
  await file.hold();
  await expect(held.queue.clockSet(held.claim, DAY_MS, never)).rejects.toMatchObject({ code: 'OUTBOX_FENCED' });
  expect(times()).toEqual(before);
});

it('R33 does not count days without a process towards the 75 hours, though pauses run out in them', async () => {
  await holdFailed();
  const { nowMs } = file.clock;
  restFor(30 * DAY_MS);
  file.clock.nowMs += 30 * DAY_MS;
  const [message] = await (await file.hold()).take();
  expect(message?.failingSinceMs).toBeGreaterThanOrEqual(nowMs + 30 * DAY_MS);
  expect(message?.failingSinceMs).toBeLessThan(nowMs + 30 * DAY_MS + HOUR_MS);
});

it('R33 knows the time without a process after an orderly end too', async () => {
  const held = await holdFailed();
  const { nowMs } = file.clock;
  await held.store.release(held.claim, never);
  restFor(30 * DAY_MS);
  file.clock.nowMs += 30 * DAY_MS;
  const [message] = await (await file.hold()).take();
  expect(message?.failingSinceMs).toBeGreaterThanOrEqual(nowMs + 30 * DAY_MS);
});

it('R33 keeps each pause as long as it was where the clock was set back between two processes', async () => {
  const held = await holdFailed();
  await held.store.release(held.claim, never);
  restFor(-30 * DAY_MS);
  file.clock.nowMs -= 30 * DAY_MS;
  const again = await file.hold();
  expect(await again.take()).toEqual([]);
  file.clock.nowMs += HOUR_MS + 60_000;
  expect(await again.take()).toMatchObject([{ contactId: 'A' }]);
});

it('pulls back what an earlier version left beyond every pause, where nothing tells when its process ended', async () => {
  await holdFailed();
  file.exec('UPDATE streams SET holder = NULL, lease_until = 0');
  file.clock.nowMs -= 30 * DAY_MS;
  expect(await (await file.hold()).take()).toMatchObject([{ contactId: 'A', failingSinceMs: file.clock.nowMs }]);
});
