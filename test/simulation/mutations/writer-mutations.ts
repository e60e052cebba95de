import type { Mutation } from './mutation.ts';

export const WRITER_MUTATIONS: readonly Mutation[] = [
  {
    rule: 'R9',
    instead: "a contact's lane is never given back",
    file: 'packages/core/src/concurrency/contact-lanes.ts',
    find: 'held.delete(contactId);',
    replace: '',
    killer: { kinds: ['event-lag'], target: 'memory' },
  },
  {
    rule: 'R10',
    instead: 'a writer whose claim was taken over goes on',
    file: 'packages/testkit/src/memory/memory-store.ts',
    find: 'lease?.claim.holder !== claim.holder || lease.claim.epoch !== claim.epoch',
    replace: 'lease === null',
    killer: { kinds: ['freeze', 'kill'], target: 'memory' },
  },
  {
    rule: 'R10',
    instead: 'a claim that was taken over goes on to write into SQL tables',
    file: 'packages/sql/src/stream/lease.ts',
    find: "    .where('epoch', '=', String(claim.epoch))\n    .where('holder', '=', claim.holder)\n",
    replace: '',
    killer: {
      test: 'packages/sink-sqlite/test/lease.sqlite.test.ts',
      name: 'R10 a write under an older claim leaves nothing',
    },
  },
  {
    rule: 'R11',
    instead: 'a write of unknown outcome is repeated under the same claim',
    file: 'packages/core/src/emit/batch-writer.ts',
    find: "return error.outcome === 'not-committed' && !error.connectionLost;",
    replace: 'return !error.connectionLost;',
    killer: {
      test: 'packages/core/src/emit/batch-writer.test.ts',
      name: 'R11 repeats nothing after a write whose outcome is unknown',
    },
  },
  {
    rule: 'R12',
    instead: 'the request of a transaction ends before its commit',
    file: 'packages/sink-mssql/src/commit-script.ts',
    find: "      'COMMIT TRANSACTION',\n",
    replace: '',
    killer: { test: 'packages/sink-mssql/src/commit-script.test.ts', name: 'R12 commits what its guards let through' },
  },
  {
    rule: 'R13',
    instead: 'a lease whose counter stands still is not taken over',
    file: 'packages/core/src/daemon/lease-standby.ts',
    find: 'const STANDSTILL_SHARE = 4 / 3;',
    replace: 'const STANDSTILL_SHARE = 40;',
    killer: {
      test: 'packages/core/src/daemon/lease-standby.test.ts',
      name: 'R13 takes over from a holder whose counter stands still',
    },
  },
  {
    rule: 'R14',
    instead: 'a table is emptied within the transaction',
    file: 'packages/sink-mssql/src/commit-script.ts',
    find: "      'BEGIN TRANSACTION',\n",
    replace: "      'BEGIN TRANSACTION',\n      'TRUNCATE TABLE staged',\n",
    killer: { test: 'packages/sink-mssql/src/commit-script.test.ts', name: 'R14 changes no table and empties none' },
  },
  {
    rule: 'R15',
    instead: 'a run that ends takes the stream from a daemon that is alive',
    file: 'packages/core/src/daemon/lease-standby.ts',
    find: '(standsStill || isOurs ||',
    replace: '(!options.standBy || standsStill || isOurs ||',
    killer: { test: 'packages/core/src/daemon/lease-standby.test.ts', name: 'R15 refuses to run beside a holder' },
  },
];
