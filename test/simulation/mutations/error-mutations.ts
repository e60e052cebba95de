import type { Mutation } from './mutation.ts';

export const ERROR_MUTATIONS: readonly Mutation[] = [
  {
    rule: 'R34',
    instead: 'an error that no sink knows is repeated for ever',
    file: 'packages/core/src/concurrency/store-trouble.ts',
    find: 'const LASTS_MS = 10 * MINUTE_MS;',
    replace: 'const LASTS_MS = 10_000 * HOUR_MS;',
    killer: {
      test: 'packages/core/src/concurrency/store-trouble.test.ts',
      name: 'R34 warns of an unclassified error with its code and text at its second time',
    },
  },
  {
    rule: 'R34',
    instead: 'the store counts as back after a claim',
    file: 'packages/core/src/concurrency/store-trouble.ts',
    find: '      if (!isWork) return;\n',
    replace: '      if (!isWork) failing.clear();\n',
    killer: {
      test: 'packages/core/src/concurrency/store-trouble.test.ts',
      name: 'R34 grows louder while the same work fails',
    },
  },
  {
    rule: 'R35',
    instead: 'a change that could not be made is tried again only by the next start',
    file: 'packages/core/src/runs/declare-fields.ts',
    find: '      await declare(session, fields ?? declared ?? []);',
    replace: '      if (isStart) await declare(session, fields ?? declared ?? []);',
    killer: { test: 'packages/core/src/runs/declare-fields.test.ts', name: 'R35 asks the store at each check' },
  },
  {
    rule: 'R35',
    instead: 'a column that the database computes is written',
    file: 'packages/sink-sqlite/src/catalogue.ts',
    find: "case when hidden in (2, 3) then ' (computed)' else '' end",
    replace: "''",
    killer: {
      test: 'packages/sink-sqlite/test/computed-columns.sqlite.test.ts',
      name: 'R35 never writes generated columns',
    },
  },
  {
    rule: 'R36',
    instead: 'a request of the mailbox is taken as it is',
    file: 'packages/core/src/contract/read-request.ts',
    find: '  if (!isFields(body)) return unreadable;\n',
    replace: '  if (!isFields(body)) return body as unknown as StoreRequest;\n',
    killer: { test: 'packages/core/src/contract/read-request.test.ts', name: 'R36 is unreadable where it says' },
  },
];
