import type { Mutation } from './mutation.ts';

export const DELIVERY_MUTATIONS: readonly Mutation[] = [
  {
    rule: 'R24',
    instead: 'a message leaves without a mark',
    file: 'packages/core/src/outbox/outbox-queue.ts',
    find: '    messages.take(message.nr, state, claim.epoch);\n',
    replace: '',
    killer: { test: 'packages/core/src/outbox/outbox-queue.test.ts', name: 'R24 was marked before it was handed out' },
  },
  {
    rule: 'R25',
    instead: 'a transaction that was queued once is not queued again when it changes',
    file: 'packages/core/src/outbox/commit/queue-decision.ts',
    find: 'if (!sameHash(entry.queued, transaction.hash))',
    replace: 'if (entry.queued.length === 0 && !sameHash(entry.queued, transaction.hash))',
    killer: { kinds: ['event-lag'], target: 'webhook' },
  },
  {
    rule: 'R26',
    instead: 'an older version is replayed over a newer one',
    file: 'packages/core/src/outbox/commit/replay-message.ts',
    find: 'if (letter.code === SUPERSEDED)',
    replace: "if (letter.code === SUPERSEDED && key === '')",
    killer: {
      test: 'packages/core/src/outbox/commit/replay-message.test.ts',
      name: 'R26 only the newest version that was ever queued',
    },
  },
  {
    rule: 'R27',
    instead: 'a message counts as an update before an acceptance is known',
    file: 'packages/core/src/outbox/rows/delivery-ledger.ts',
    find: 'entry !== undefined && isAccepted(entry) ?',
    replace: 'entry !== undefined && (isAccepted(entry) || entry.message_nr !== null) ?',
    killer: {
      test: 'packages/core/src/outbox/outbox-queue.test.ts',
      name: 'R27 is an update only where an acceptance',
    },
  },
  {
    rule: 'R28',
    instead: 'transactions before the start are queued',
    file: 'packages/core/src/outbox/commit/queue-decision.ts',
    find: "    if (isBefore(transaction, rules.proof.start)) return 'leave';\n",
    replace: '',
    killer: {
      test: 'packages/core/test/outbox/delivery-start.test.ts',
      name: 'R28 only transactions fired at the start or after it',
    },
  },
  {
    rule: 'R28',
    instead: 'deliveries begin at once though the clocks are days apart',
    file: 'packages/core/src/runs/delivery-start.ts',
    find: '&& waitedMs() < PATIENCE_MS',
    replace: '&& waitedMs() < 0',
    killer: {
      test: 'packages/core/src/runs/delivery-start.test.ts',
      name: 'R28 waits for the clock of a machine that is behind',
    },
  },
  {
    rule: 'R28',
    instead: 'a new stream begins with the first answer of the API',
    file: 'packages/core/src/runs/delivery-start.ts',
    find: '() => api.now() - (clock.monotonic() - newSinceMs);',
    replace: '() => api.now() - (newSinceMs - newSinceMs);',
    killer: {
      test: 'packages/core/src/runs/delivery-start.test.ts',
      name: 'R28 begins at the start of the process, however long',
    },
  },
  {
    rule: 'R29',
    instead: 'another target gets what waits',
    file: 'packages/core/src/outbox/rows/delivery-targets.ts',
    find: 'isSame(readText(recorded), target)) return;',
    replace: "isSame(readText(recorded), target) || target !== '') return;",
    killer: { test: 'packages/core/src/outbox/rows/delivery-targets.test.ts', name: 'R29 another target is refused' },
  },
  {
    rule: 'R30',
    instead: 'the ballast is kept when the disk is full',
    file: 'packages/core/src/outbox/commit/outbox-access.ts',
    find: "if (toOutboxError(error, file).code === 'OUTBOX_FULL') ballast.release();",
    replace: '',
    killer: {
      test: 'packages/core/test/outbox/file/full-disk.test.ts',
      name: 'R30 what waits is delivered in the room of the ballast',
    },
  },
  {
    rule: 'R31',
    instead: 'the breaker opens on faults of the target with 500 contacts',
    file: 'packages/core/src/deliver/target-evidence.ts',
    find: 'const CONTACTS = 5;',
    replace: 'const CONTACTS = 500;',
    killer: {
      test: 'packages/core/src/deliver/circuit-breaker.test.ts',
      name: 'R31 opens on faults of the target with 5 distinct contacts',
    },
  },
  {
    rule: 'R31',
    instead: 'answers about messages pause all deliveries at once',
    file: 'packages/core/src/deliver/target-evidence.ts',
    find: 'const REFUSES_FOR_MS = 10 * 60_000;',
    replace: 'const REFUSES_FOR_MS = 0;',
    killer: {
      test: 'packages/core/src/deliver/circuit-breaker.test.ts',
      name: 'R31 opens on answers about messages of 5 contacts when nothing was accepted for 10 minutes',
    },
  },
  {
    rule: 'R32',
    instead: 'what newly passes a wider filter is sent',
    file: 'packages/core/src/outbox/commit/queue-decision.ts',
    find: 'return isHistory(transaction, contact, rules) &&',
    replace: 'return transaction.firedMs < 0 && isHistory(transaction, contact, rules) &&',
    killer: {
      test: 'packages/core/test/outbox/commit/wider-filter.test.ts',
      name: 'R32 what newly passes of an unchanged body',
    },
  },
  {
    rule: 'R33',
    instead: 'a contact gets 7,500 hours from its first failure',
    file: 'packages/core/src/deliver/attempt-outcome.ts',
    find: 'failingForMs >= schedule.giveUpAfterMs',
    replace: 'failingForMs >= schedule.giveUpAfterMs * 100',
    killer: {
      test: 'packages/core/src/deliver/delivery-loop.test.ts',
      name: 'R33 gives a contact 75 hours from its first failure',
    },
  },
];
