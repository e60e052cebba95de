import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contactWith, createOutboxFile, failureAt, type HeldOutbox } from '../../../../test/harness/outbox-file.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';
import type { TakenMessage } from '../../src/outbox/faces/delivery-queue.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';

/** The acts of an administrator, the API, a target and the power supply. */
type Step =
  | { readonly do: 'change'; readonly contact: number; readonly transaction: number; readonly to: string }
  | { readonly do: 'take'; readonly limit: number }
  | { readonly do: 'settle'; readonly pick: number; readonly as: 'accepted' | 'failed' | 'postponed' | 'dead' }
  | { readonly do: 'replay'; readonly pick: number }
  | { readonly do: 'crash' };

const CONTACTS = 3;
const TRANSACTIONS = 2;

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      contact: fc.nat(CONTACTS - 1),
      transaction: fc.nat(TRANSACTIONS - 1),
      to: fc.constantFrom('a', 'b', 'c'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      pick: fc.nat(9),
      as: fc.constantFrom('accepted' as const, 'failed' as const, 'postponed' as const, 'dead' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay' as const), pick: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
);

/** A message as the rules would have it. */
interface ModelMessage {
  readonly transaction: string;
  content: string;
  /** Known from its first attempt on, as its state is; nothing changes from then on. */
  id: string | null;
  state: 'new' | 'updated' | null;
  attempts: number;
}

interface ModelEntry {
  queued: string;
  isAccepted: boolean;
  newest: ModelMessage;
}

/** A model of the outbox: the queue of each contact, the versions last queued, and the messages given up. */
function createModel() {
  const contactQueues = new Map<string, ModelMessage[]>();
  const ledger = new Map<string, ModelEntry>();
  const dead: ModelMessage[] = [];
  const queueOf = (contact: string) => contactQueues.get(contact) ?? [];
  return {
    contactQueues,
    dead,
    ledger,
    change(contact: string, transaction: string, to: string) {
      const entry = ledger.get(transaction);
      if (entry?.queued === to) return;
      const waits = entry !== undefined && queueOf(contact).includes(entry.newest) && entry.newest.state === null;
      const newest = waits ? entry.newest : { transaction, content: to, id: null, state: null, attempts: 0 };
      newest.content = to;
      if (!waits) contactQueues.set(contact, [...queueOf(contact), newest]);
      ledger.set(transaction, { queued: to, isAccepted: entry?.isAccepted ?? false, newest });
    },
    take(contact: string, taken: TakenMessage) {
      const [head] = queueOf(contact);
      if (head === undefined) return expect.unreachable(`nothing waits for ${contact}`);
      head.state ??= ledger.get(head.transaction)?.isAccepted ? 'updated' : 'new';
      head.id ??= taken.id;
      const { id, state, attempts, transaction, content } = head;
      expect(seen(taken)).toEqual({ id, state, attempt: attempts + 1, transaction, content });
    },
    settle(contact: string, as: Extract<Step, { do: 'settle' }>['as']) {
      const [head, ...rest] = queueOf(contact);
      if (head === undefined) return;
      const entry = ledger.get(head.transaction);
      if (as === 'failed') head.attempts += 1;
      if (as === 'accepted' && entry) entry.isAccepted = true;
      if (as === 'dead') dead.push(head);
      if (as === 'accepted' || as === 'dead') contactQueues.set(contact, rest);
    },
    /** True where the rules allow a replay: it is the newest version of its transaction. */
    replay(contact: string, letter: ModelMessage): boolean {
      if (ledger.get(letter.transaction)?.newest !== letter) return false;
      dead.splice(dead.indexOf(letter), 1);
      letter.attempts = 0;
      contactQueues.set(contact, [...queueOf(contact), letter]);
      return true;
    },
  };
}

function seen({ id, state, attempt, transaction }: TakenMessage) {
  return { id, state, attempt, transaction: nameOf(transaction), content: transaction.status };
}

function nameOf(transaction: TakenMessage['transaction']): string {
  return `${transaction.id}/${transaction.sequence_nr}`;
}

it('R24, R25, R26, R27 nothing is lost, doubled or out of order, whatever happens between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 60 }), async (steps) => {
      await using file = createOutboxFile(createOutbox);
      const model = createModel();
      const contents = new Map<string, string[]>();
      let held = await file.hold();
      let underWay = new Map<string, TakenMessage>();

      const take = async (limit: number) => {
        const waiting = [...model.contactQueues].filter(([contact, own]) => own.length > 0 && !underWay.has(contact));
        const taken = await held.take(limit);
        expect(taken).toHaveLength(Math.min(limit, waiting.length));
        for (const message of taken) {
          model.take(message.contactId, message);
          expect(underWay.has(message.contactId)).toBe(false);
          underWay.set(message.contactId, message);
        }
      };
      const settle = async (message: TakenMessage, as: Extract<Step, { do: 'settle' }>['as']) => {
        await held.settle(outcomeOf(message, as, file.clock.nowMs));
        model.settle(message.contactId, as);
        underWay.delete(message.contactId);
      };

      for (const step of steps) {
        file.clock.nowMs += 1_000;
        if (step.do === 'change') {
          const contact = `C${step.contact}`;
          const all = contents.get(contact) ?? Array.from({ length: TRANSACTIONS }, () => 'first');
          all[step.transaction] = step.to;
          contents.set(contact, all);
          await held.write({ contacts: [contactWith(contact, ...all)] });
          for (const [at, content] of all.entries()) model.change(contact, `${contact}/${at + 1}`, content);
        } else if (step.do === 'take') await take(step.limit);
        else if (step.do === 'settle') {
          const message = [...underWay.values()][step.pick % Math.max(1, underWay.size)];
          if (message) await settle(message, step.as);
        } else if (step.do === 'replay') {
          const letter = model.dead[step.pick % Math.max(1, model.dead.length)];
          if (letter) await replay(held, letter, model.replay(letter.transaction.split('/')[0] ?? '', letter));
        } else {
          held = await file.hold();
          underWay = new Map();
        }
        await expectCounts(held, model.contactQueues);
      }

      held = await file.hold();
      underWay = new Map();
      for (let rounds = 0; [...model.contactQueues.values()].some((own) => own.length > 0); rounds += 1) {
        expect(rounds).toBeLessThan(100);
        await take(10);
        for (const message of underWay.values()) await settle(message, 'accepted');
      }
      expect(await held.take()).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

function outcomeOf({ id }: TakenMessage, as: Extract<Step, { do: 'settle' }>['as'], nowMs: number) {
  const failure = failureAt(nowMs);
  if (as === 'accepted') return { id, outcome: as };
  return as === 'dead' ? { id, outcome: as, code: 'TEST_DEAD', failure } : { id, outcome: as, dueMs: nowMs, failure };
}

async function replay({ store, queue, claim }: HeldOutbox, letter: ModelMessage, isAllowed: boolean): Promise<void> {
  const letters = await store.listDeadLetters('C1', { limit: 1_000, ...never });
  const found = letters.find(({ body }) => JSON.parse(body).id === letter.id);
  expect(found?.code).toBe(isAllowed ? 'TEST_DEAD' : 'OUTBOX_SUPERSEDED');
  expect(await queue.replay(claim, found?.key ?? '', never)).toBe(isAllowed ? 'queued' : 'superseded');
}

async function expectCounts(
  { queue }: HeldOutbox,
  contactQueues: ReadonlyMap<string, readonly ModelMessage[]>,
): Promise<void> {
  const waiting = [...contactQueues.values()].filter((own) => own.length > 0);
  const messages = waiting.reduce((sum, own) => sum + own.length, 0);
  expect(await queue.backlog(never)).toMatchObject({ messages, contacts: waiting.length });
}
