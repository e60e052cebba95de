import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { TooLate } from '../concurrency/deadline.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import type { CallOptions, Field, SchemaChange } from '../contract/index.js';
import type { RunEvent } from '../observe/run-events.js';
import { createFieldWatch } from './declare-fields.js';
import type { Session } from './session.js';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

/**
 * The parts of a session that the check of fields uses, with a store that answers only a dry run until it is repaired.
 */
function sessionOfHangingStore(changes: readonly SchemaChange[]) {
  const clock = createDrivenClock();
  let isHanging = true;
  const store = {
    declareFields: (_fields: readonly Field[], call: CallOptions & { readonly dryRun?: boolean }) =>
      isHanging && call.dryRun !== true
        ? new Promise<never>((_resolve, reject) =>
            call.signal.addEventListener('abort', () => reject(call.signal.reason)),
          )
        : Promise.resolve(changes),
  };
  const api = { listFields: async () => [] };
  const context = { clock, storeClock: clock };
  const session = {
    api,
    context,
    settings: { delivery: null },
    store,
    storeGate: createSemaphore(1),
    observe: () => {},
    stop: signal,
    halt: signal,
  };
  const heal = () => {
    isHanging = false;
  };
  return { session: session as unknown as Session, clock, heal };
}

it.each([
  { what: 'twice as long the next time where there is something to change', change: 'add', minutes: [5, 10, 20] },
  { what: 'no longer where there is nothing to change but what finds no room', change: 'overflow', minutes: [5, 5, 5] },
] as const)(
  'gives up a call for room that hangs, so that the stream is claimed again, and waits $what',
  async (given) => {
    const wanted: SchemaChange = { table: 'contacts', column: 'city', change: given.change, to: 'text' };
    const { session, clock, heal } = sessionOfHangingStore([wanted]);
    for (const minutes of given.minutes) {
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
  },
);

it('R35 asks the store at each check, so that a change is made that could not be made before, and tells no overflow twice', async () => {
  const overflow = { table: 'contacts', column: 'x', change: 'overflow', to: 'no room' } as const;
  const add = { table: 'contacts', column: 'city', change: 'add', to: 'text' } as const;
  const answers: (readonly SchemaChange[])[] = [[overflow], [overflow, add], [overflow]];
  const asked: (readonly Field[])[] = [];
  const events: RunEvent[] = [];
  const clock = createDrivenClock();
  const fields = [{ name: 'city', type: 'text' }];
  const lists = [fields, new TooLate(1), fields];
  const session = {
    api: { listFields: async () => listOrError(lists.shift()) },
    context: { clock, storeClock: clock },
    settings: { delivery: null },
    store: {
      declareFields: async (wanted: readonly Field[]) => {
        asked.push(wanted);
        return answers.shift() ?? [];
      },
    },
    storeGate: createSemaphore(1),
    observe: (event: RunEvent) => events.push(event),
    stop: signal,
    halt: signal,
  } as unknown as Session;
  const watch = createFieldWatch();
  for (let check = 0; check < 3; check += 1) await watch.check(session);
  expect(asked).toEqual([fields, fields, fields]);
  expect(events.filter(({ type }) => type === 'schema')).toEqual([
    { type: 'schema', changes: [overflow] },
    { type: 'schema', changes: [add] },
  ]);
});

it.each([
  {
    what: 'deliveries do not wait for a list that hangs: they would come late',
    delivery: {},
    waits: false,
  },
  { what: 'a copy waits for it', delivery: null, waits: true },
])('R28 at a first start $what', async ({ delivery, waits }) => {
  const clock = createDrivenClock();
  const unanswered = ({ signal: call }: CallOptions) =>
    new Promise<never>((_resolve, reject) => call.addEventListener('abort', () => reject(call.reason)));
  const session = {
    api: { listFields: unanswered },
    context: { clock, storeClock: clock },
    settings: { delivery },
    isNew: true,
    store: { declareFields: async () => [] },
    storeGate: createSemaphore(1),
    observe: () => {},
    stop: signal,
    halt: signal,
  } as unknown as Session;
  let isOver = false;
  void createFieldWatch()
    .check(session)
    .then(() => {
      isOver = true;
    });
  await clock.pass(MINUTE_MS);
  expect(isOver).toBe(!waits);
});

function listOrError(answer: readonly Field[] | Error | undefined): readonly Field[] {
  if (answer instanceof Error) throw answer;
  return answer ?? [];
}
