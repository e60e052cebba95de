import type { Mutation } from './mutation.ts';

/**
 * Rules that simulated worlds can see broken. Others need a real server, a full disk, two processes at one instant or a
 * filter: their own tests hold them, named in docs/correctness.md.
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    rule: 'R3',
    instead: 'a listing begins a day after the last one, where it began days before it',
    file: 'core/dist/discover/window.js',
    find: '- daysEarlier * DAY_MS',
    replace: '+ DAY_MS',
    kinds: ['event-lag'],
    target: 'memory',
  },
  {
    rule: 'R9',
    instead: 'a lane is never given back',
    file: 'core/dist/concurrency/contact-lanes.js',
    find: 'held.delete(contactId);',
    replace: '',
    kinds: ['event-lag'],
    target: 'memory',
  },
  {
    rule: 'R10',
    instead: 'a writer whose claim was taken over goes on',
    file: 'core/dist/testkit/memory-store.js',
    find: 'lease?.claim.holder !== claim.holder || lease.claim.epoch !== claim.epoch',
    replace: 'lease === null',
    kinds: ['freeze', 'kill'],
    target: 'memory',
  },
  {
    rule: 'R17',
    instead: 'transactions of one instant are ordered the other way round',
    file: 'core/dist/transform/twins.js',
    find: 'twins.sort(inTwinOrder);',
    replace: 'twins.sort((a, b) => inTwinOrder(b, a));',
    kinds: ['event-lag'],
    target: 'memory',
  },
  {
    rule: 'R22',
    instead: 'an accepted contact leaves its dead letters',
    file: 'core/dist/testkit/memory-commit.js',
    find: 'if (settles)',
    replace: 'if (settles && false)',
    kinds: ['store-refuses'],
    target: 'memory',
  },
  {
    rule: 'R25',
    instead: 'a transaction that was queued once is not queued again when it changes',
    file: 'core/dist/outbox/transaction-fate.js',
    find: 'if (!sameHash(entry.queued, transaction.hash))',
    replace: 'if (false)',
    kinds: ['event-lag'],
    target: 'webhook',
  },
];
