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
];
