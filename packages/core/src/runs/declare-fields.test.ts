import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/driven-clock.ts';
import { createSemaphore } from '../concurrency/semaphore.js';
import type { CallOptions, Field } from '../contract/index.js';
import { createFieldWatch } from './declare-fields.js';
import type { Session } from './session.js';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

/** The parts of a session that the check of fields uses, with a store that answers nothing before its call is called off. */
function sessionOfHangingStore() {
  const clock = createDrivenClock();
  let isHanging = true;
  const store = {
    declareFields: (_fields: readonly Field[], call: CallOptions) =>
      isHanging
        ? new Promise<never>((_resolve, reject) =>
            call.signal.addEventListener('abort', () => reject(call.signal.reason)),
          )
        : Promise.resolve([]),
  };
  const api = { listFields: async () => [] };
  const context = { clock, storeClock: clock };
  const session = { api, context, store, storeGate: createSemaphore(1), observe: () => {}, stop: signal, halt: signal };
  const heal = () => {
    isHanging = false;
  };
  return { session: session as unknown as Session, clock, heal };
}

it('gives up a call for room that hangs, so that the stream is claimed again, and waits twice as long the next time', async () => {
  const { session, clock, heal } = sessionOfHangingStore();
  for (const minutes of [5, 10, 20]) {
    let isOver = false;
    const check = createFieldWatch()
      .check(session)
      .finally(() => {
        isOver = true;
      });
    check.catch(() => {});
    await clock.pass(minutes * MINUTE_MS - 1);
    expect(isOver).toBe(false);
    await clock.pass(1);
    await expect(check).rejects.toThrow('No answer came within');
  }
  heal();
  await createFieldWatch().check(session);
});
