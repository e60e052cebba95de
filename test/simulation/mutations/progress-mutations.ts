import type { Mutation } from './mutation.ts';

export const PROGRESS_MUTATIONS: readonly Mutation[] = [
  {
    rule: 'R1',
    instead: 'a mark moves over time that was not read',
    file: 'packages/core/src/discover/watermark.ts',
    find: '(from !== null && from > old)',
    replace: '(from !== null && from > old && until < old)',
    killer: {
      test: 'packages/core/src/discover/watermark.test.ts',
      name: 'R1 never passes over time that was not read',
    },
  },
  {
    rule: 'R2',
    instead: 'a listing whose cursor was refused counts as read to its end',
    file: 'packages/core/src/fetch/cursor-pages.ts',
    find: 'if (distrust === null) return trust(listing);',
    replace: 'if (distrust === null || reading > 0) return trust(listing);',
    killer: {
      test: 'packages/core/src/fetch/cursor-pages.test.ts',
      name: 'R2 restarts a listing whose cursor is refused with',
    },
  },
  {
    rule: 'R3',
    instead: 'a listing begins days after the last one, where it began days before it',
    file: 'packages/core/src/discover/window.ts',
    find: '- daysEarlier * DAY_MS',
    replace: '+ daysEarlier * DAY_MS',
    killer: { kinds: ['event-lag'], target: 'memory' },
  },
  {
    rule: 'R3',
    instead: 'a slice begins at the end of the one before',
    file: 'packages/core/src/discover/window.ts',
    find: 'start += sliceMs - OVERLAP_MS;',
    replace: 'start += sliceMs;',
    killer: { test: 'packages/core/src/discover/window.test.ts', name: 'R3 begins every slice 5 minutes before' },
  },
  {
    rule: 'R4',
    instead: 'any `Date` is believed at once',
    file: 'packages/core/src/fetch/api-clock.ts',
    find: 'return Math.abs(dateMs - expected(accepted, clock)) <= TOLERANCE_MS;',
    replace: 'return Math.abs(dateMs - expected(accepted, clock)) <= TOLERANCE_MS * 1_000_000;',
    killer: { test: 'packages/core/src/fetch/api-clock.test.ts', name: 'R4 one wrong Date header moves nothing' },
  },
  {
    rule: 'R4',
    instead: 'what is stored comes from the later of the two clocks',
    file: 'packages/core/src/fetch/api-clock.ts',
    find: 'Math.min(now(), expected(machine, clock))',
    replace: 'Math.max(now(), expected(machine, clock))',
    killer: {
      test: 'packages/core/src/fetch/api-clock.test.ts',
      name: 'R4 what is stored comes from the earlier of two clocks',
    },
  },
  {
    rule: 'R5',
    instead: 'a body whose version was replaced is written over the newer rows',
    file: 'packages/core/src/discover/lagging-bodies.ts',
    find: 'if (isOlder) wanted.lagging(request);\n      return isOlder;',
    replace: 'if (isOlder) wanted.lagging(request);\n      return false;',
    killer: {
      test: 'packages/core/src/discover/lagging-bodies.test.ts',
      name: 'R5 sets a body aside whose md5 was replaced',
    },
  },
  {
    rule: 'R6',
    instead: 'an id that failed lately is asked for together with others',
    file: 'packages/core/src/fetch/suspects.ts',
    find: 'has: (contactId) => suspects.has(contactId),',
    replace: "has: (contactId) => contactId === '' && suspects.has(contactId),",
    killer: {
      test: 'packages/core/test/fetch/hanging-contacts.test.ts',
      name: 'R6 answers at once for an id that hung lately',
    },
  },
  {
    rule: 'R6',
    instead: 'an answer of an hour ago proves that the API answers now',
    file: 'packages/core/src/fetch/fault-judge.ts',
    find: 'const FRESH_MS = 5_000;',
    replace: 'const FRESH_MS = 3_600_000;',
    killer: {
      test: 'packages/core/test/fetch/hanging-contacts.test.ts',
      name: 'R6 never takes an API that falls silent between two answers',
    },
  },
  {
    rule: 'R7',
    instead: 'an earlier `--since` is not recorded with the cursor of its back-fill',
    file: 'packages/core/src/runs/start-range.ts',
    find: 'return { ...filledIn(recorded), since, backfill: { from, cursor: null } };',
    replace: 'return { ...filledIn(recorded), backfill: { from, cursor: null } };',
    killer: { test: 'test/e2e/runs.test.ts', name: 'R7 fills in from an earlier --since' },
  },
  {
    rule: 'R8',
    instead: 'an equal md5 proves that nothing changed, whatever was seen',
    file: 'packages/core/src/discover/changed-contacts.ts',
    find: ': !rules.md5Proves;',
    replace: ': false;',
    killer: {
      test: 'packages/core/src/discover/changed-contacts.test.ts',
      name: 'R8 fetches all where an equal md5 proves nothing',
    },
  },
];
