import type { LoadedStore } from '@dbsync/core';
import { SinkError, type SinkNotice, type StoreSink } from '@dbsync/core/contract';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { createRenewedStore } from './renewed-store.js';

const options = { signal: new AbortController().signal };
const refused = () =>
  new SinkError('POSTGRES_LOGIN_REFUSED', 'no', { verdict: 'fatal', outcome: 'not-committed', connectionLost: true });

/** Databases whose password may change, and the file that names them. */
function scene() {
  const state = { password: 'a', file: 'db a', nowMs: 0, logins: 0, isHere: true };
  const notices: SinkNotice[] = [];
  const closed: string[] = [];
  const load = (url: string): LoadedStore => {
    const [place = '', password = ''] = url.split(' ');
    const logIn = async () => {
      state.logins += 1;
      if (password !== state.password) throw refused();
    };
    const store: StoreSink = {
      ...createMemoryStore(createMemoryTarget()),
      open: logIn,
      close: async () => void closed.push(url),
      readState: async () => {
        await logIn();
        return { progress: null, hasForeignRows: false };
      },
    };
    const facts = { packageName: 'p', version: '1', plan: '', secrets: [], errorCodes: {} };
    return { ...facts, kind: 'store', target: place, place, store };
  };
  const store = createRenewedStore(load('db a'), {
    file: '/run/url',
    url: 'db a',
    read: async () => {
      if (state.file === '') throw new Error('The file is empty.');
      return state.file;
    },
    load: async (url) => load(url),
    notify: (notice) => void notices.push(notice),
    now: () => state.nowMs,
  });
  return { state, notices, closed, store };
}

const codesOf = (notices: readonly SinkNotice[]) => notices.map(({ code }) => code);
const membersOf = (part: object) => Object.keys(part).sort();

it('has every member of the store that it stands for, and of its parts', () => {
  const first = createMemoryStore(createMemoryTarget());
  const { store } = scene();
  expect(membersOf(store)).toEqual(membersOf(first));
  expect(membersOf(store.erasure ?? {})).toEqual(membersOf(first.erasure ?? {}));
  expect(membersOf(store.mirroring ?? {})).toEqual(membersOf(first.mirroring ?? {}));
});

it('goes on with the login that the file holds, by a lost connection', async () => {
  const { state, notices, closed, store } = scene();
  await store.open(options);
  Object.assign(state, { password: 'b', file: 'db b' });
  const lost = { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'retryable', connectionLost: true };
  await expect(Promise.all([store.readState('s', options), store.readState('s', options)])).rejects.toMatchObject(lost);
  await store.readState('s', options);
  expect(codesOf(notices)).toEqual(['CLI_URL_CHANGED']);
  expect(closed).toEqual(['db a']);
});

it('keeps the former URL while the file is wrong, tells it once, and goes on when the file is right', async () => {
  const { state, notices, closed, store } = scene();
  await store.open(options);
  for (const [file, password] of [
    ['', 'b'],
    ['other b', 'b'],
    ['db c', 'b'],
  ] as const) {
    Object.assign(state, { file, password });
    await expect(store.readState('s', options)).rejects.toMatchObject({ verdict: 'retryable' });
    await expect(store.readState('s', options)).rejects.toMatchObject({ verdict: 'retryable' });
  }
  expect(codesOf(notices)).toEqual(['CLI_URL_KEPT', 'CLI_URL_KEPT', 'CLI_URL_KEPT']);
  expect(closed).toContain('other b');
  expect(closed).not.toContain('db a');
  state.file = 'db b';
  await expect(store.readState('s', options)).rejects.toMatchObject({ connectionLost: true });
  await store.readState('s', options);
});

it('tries a refused login again after five minutes alone, since servers lock accounts', async () => {
  const { state, store } = scene();
  await store.open(options);
  state.password = 'b';
  for (let nr = 0; nr < 20; nr += 1) await expect(store.readState('s', options)).rejects.toBeInstanceOf(SinkError);
  expect(state.logins).toBe(2);
  Object.assign(state, { password: 'a', nowMs: 5 * 60_000 });
  await store.readState('s', options);
});

it('ends the run where the login was never accepted, and the file holds no other', async () => {
  const { state, store } = scene();
  state.password = 'b';
  await expect(store.open(options)).rejects.toMatchObject({ verdict: 'fatal' });
  state.file = 'db b';
  await store.open(options);
  await store.readState('s', options);
});
