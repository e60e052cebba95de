import type { Finding, SinkNotice } from '@dbsync/core/contract';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { withHealthNotices } from './health-notices.js';

const options = { signal: new AbortController().signal };

function checkedStore(answer: () => Promise<readonly Finding[]>) {
  const notices: SinkNotice[] = [];
  let checks = 0;
  const checkHealth = () => {
    checks += 1;
    return answer();
  };
  const store = { ...createMemoryStore(createMemoryTarget()), checkHealth };
  return { store: withHealthNotices(store, (notice) => void notices.push(notice)), notices, checks: () => checks };
}

it('tells warnings and failures of the target, once, after the tables are prepared', async () => {
  const { store, notices, checks } = checkedStore(async () => [
    { level: 'pass', what: 'Fine', remedy: null },
    { level: 'warn', what: 'Slow', remedy: 'SET faster' },
    { level: 'fail', what: 'Broken', remedy: null },
    { level: 'unknown', what: 'Hidden', remedy: null },
  ]);
  await store.open(options);
  expect(checks()).toBe(0);
  await store.declareFields([], { ...options, dryRun: true });
  expect(checks()).toBe(0);
  await store.declareFields([], options);
  await store.declareFields([], options);
  await expect.poll(() => notices).toHaveLength(2);
  expect(checks()).toBe(1);
  expect(notices).toEqual([
    { level: 'warn', code: 'CLI_TARGET_UNFIT', message: 'Slow. To do: SET faster' },
    { level: 'warn', code: 'CLI_TARGET_UNFIT', message: 'Broken.' },
  ]);
});

it.each([
  ['no list', undefined, []],
  ['no finding', [null, 7, 'bad', {}], []],
  ['a finding without a remedy', [{ level: 'warn', what: 'Slow' }], ['Slow.']],
  ['a code as the remedy', [{ level: 'fail', what: 'No', remedy: 'See SQL_FAILED' }], ['No. To do: ask the server']],
])('never ends a run, and reports what can be read, where a sink answers with %s', async (_, answer, messages) => {
  const notices: SinkNotice[] = [];
  const given = Promise.withResolvers<readonly Finding[]>();
  const good = createMemoryStore(createMemoryTarget());
  const remedyOf = (code: string) => (code === 'SQL_FAILED' ? 'ask the server' : null);
  const store = withHealthNotices(
    { ...good, checkHealth: () => given.promise },
    (notice) => void notices.push(notice),
    { remedyOf },
  );
  await store.open(options);
  await store.declareFields([], options);
  given.resolve(answer as readonly Finding[]);
  await new Promise(setImmediate);
  expect(notices.map(({ message }) => message)).toEqual(messages);
});

it('names the connections that all campaigns of the file may open to the server', async () => {
  const checked = Promise.withResolvers<unknown>();
  const good = createMemoryStore(createMemoryTarget());
  const checkHealth = async (given: unknown) => {
    checked.resolve(given);
    return [];
  };
  const connectionsTo = async (server: string) => (server === 'here' ? 24 : undefined);
  const here = { ...good, connections: { server: 'here', most: 8 }, checkHealth };
  const store = withHealthNotices(here, () => {}, { connectionsTo });
  await store.open(options);
  await store.declareFields([], options);
  expect(await checked.promise).toMatchObject({ connections: 24 });
});

it('delays nothing while the check hangs, and takes its error for no trouble', async () => {
  const hanging = checkedStore(() => new Promise(() => {}));
  await hanging.store.open(options);
  await hanging.store.declareFields([], options);
  const failing = checkedStore(() => Promise.reject(new Error('no')));
  await failing.store.open(options);
  await failing.store.declareFields([], options);
  expect(failing.checks()).toBe(1);
  expect(failing.notices).toEqual([]);
});
