import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LoadSinkOptions, loadSink } from './load-sink.js';

let pluginDir = '';

const METHODS =
  'open checkHealth declareFields claim renew release readState readVersions write listDeadLetters postRequest takeRequests';
const STORE = `
  export const errorCodes = { FILES_FULL: { what: 'Full.', normal: null, remedy: 'Make room.', exit: 3 } };
  const methods = '${METHODS}'.split(' ').map((name) => [name, async () => name]);
  export const seen = [];
  export const createSink = (target) => {
    seen.push(target);
    target.notify({ level: 'info', code: 'FILES_HELLO', message: 'hello' });
    const limits = { concurrentWrites: 1, batchContacts: 10, batchBytes: 1000 };
    return { kind: 'store', limits, close: async () => {}, ...Object.fromEntries(methods) };
  };`;
const ENDPOINT = `
  export const seen = [];
  export const createSink = (target) => {
    seen.push(target);
    const nothing = async () => [];
    return { kind: 'endpoint', open: nothing, checkHealth: nothing, close: nothing, deliver: nothing };
  };`;
const REFUSING = `
  class SinkError extends Error { [Symbol.for('dbsync.SinkError')] = true; code = 'FILES_NO'; }
  export const createSink = () => { throw new SinkError('no such folder'); };`;

beforeAll(async () => {
  pluginDir = await mkdtemp(join(tmpdir(), 'dbsync-load-'));
  await install('files', STORE, {
    level: { type: 'number', help: 'Which.', default: 1, affectsRows: true },
    key: { type: 'string', help: 'A key.', sensitive: true },
    'max-custom-fields': { type: 'number', help: 'How many.', default: 100, shared: true, affectsRows: true },
  });
  await install('hook', ENDPOINT);
  await install('own', ENDPOINT, { level: { type: 'number', help: 'Which.' } }, { ownsQuery: true });
  await install('secret', ENDPOINT, { pem: { type: 'string', help: 'A key.', isSecretFile: true } });
  await install('refusing', REFUSING);
  await install('throwing', `export const createSink = () => { throw new TypeError('oops'); };`);
  await install('nothing', 'export const createTarget = () => {};');
  await install('partial', `export const createSink = () => ({ kind: 'store', open() {} });`);
  await install('broken', `import 'not-installed-anywhere';`);
});

afterAll(() => rm(pluginDir, { recursive: true, force: true }));

function load(url: string, options: Partial<LoadSinkOptions> = {}) {
  return loadSink({ url, pluginDir, from: join(tmpdir(), 'bin.js'), notify: () => {}, ...options });
}

it('carries a URL to a guarded store, its options checked', async () => {
  const notices: string[] = [];
  const url = 'files://user:p%40ss@disk.example:99/folder?level=2&key=k3y';
  const shared = { 'max-custom-fields': 7 };
  const share = { maxConnections: 1, of: (_: string, create: () => never) => create(), forget: () => {} };
  const loaded = await load(url, { shared, share, notify: ({ message }) => notices.push(message) });
  if (loaded.kind !== 'store') throw new Error('it should be a store');
  const { store, errorCodes, ...facts } = loaded;
  expect(facts).toEqual({
    kind: 'store',
    packageName: 'dbsync-sink-files',
    version: '1.0.0',
    target: 'files://disk.example:99/folder',
    place: '["dbsync-sink-files","files://disk.example:99/folder",[["level",2],["max-custom-fields",7]]]',
    plan: 'level=2 max-custom-fields=7',
    secrets: ['p@ss', 'p%40ss', 'k3y'],
  });
  expect(Object.keys(errorCodes)).toEqual(['FILES_FULL']);
  expect(notices).toEqual(['hello']);
  const { seen } = await import(join(pluginDir, 'dbsync-sink-files/index.js'));
  expect(seen).toHaveLength(1);
  expect(seen[0].share).toBe(share);
  expect(seen[0]).toMatchObject({
    address: { scheme: 'files', user: 'user', password: 'p@ss', host: 'disk.example', port: 99, path: 'folder' },
    options: { key: 'k3y', level: 2, 'max-custom-fields': 7 },
  });
  const signal = AbortSignal.timeout(10_000);
  await expect(store.readState('s', { signal })).rejects.toMatchObject({ code: 'SINK_MISUSED' });
  await store.open({ signal });
  expect(await store.readState('s', { signal })).toBe('readState');
});

it('loads an endpoint too, guarded, of which only the origin is shown', async () => {
  const loaded = await load('hook://h.example/secret-path');
  if (loaded.kind !== 'endpoint') throw new Error('it should be an endpoint');
  expect(loaded).toMatchObject({ target: 'hook://h.example', secrets: [] });
  const signal = AbortSignal.timeout(10_000);
  await expect(loaded.endpoint.deliver([], { signal })).rejects.toMatchObject({ code: 'SINK_MISUSED' });
});

it('hands a query to the sink that owns it, and shows nothing of it', async () => {
  const loaded = await load('own://h.example/a%2Fb?token=hunter2-hunter2', { schemeOptions: { 'own-level': '2' } });
  expect(loaded).toMatchObject({ target: 'own://h.example', secrets: ['token=hunter2-hunter2', 'hunter2-hunter2'] });
  const { seen } = await import(join(pluginDir, 'dbsync-sink-own/index.js'));
  expect(seen[0]).toMatchObject({ address: { path: 'a%2Fb', query: 'token=hunter2-hunter2' }, options: { level: 2 } });
});

it.each([
  [{}, ['SINK_SECRETS_EXPOSED']],
  [{ onlyLooks: true, copyMayBeMissing: true }, ['SINK_SECRETS_EXPOSED']],
  [{ onlyLooks: true }, []],
])(
  'warns of files of secrets where a run may begin, and not where a command only looks: %j',
  async (looking, codes) => {
    const file = join(pluginDir, 'key.pem');
    await writeFile(file, '');
    await chmod(file, 0o644);
    const notices: string[] = [];
    const schemeOptions = { 'secret-pem': file };
    await load('secret://h.example', { schemeOptions, ...looking, notify: ({ code }) => notices.push(code) });
    expect(notices).toEqual(codes);
  },
);

it('lets through what a sink refuses about its target', async () => {
  await expect(load('refusing:x')).rejects.toMatchObject({ code: 'FILES_NO', message: 'no such folder' });
});

it.each([
  ['throwing', 'createSink threw: oops'],
  ['nothing', 'exports no createSink'],
  ['partial', 'lacks a part of the contract'],
  ['broken', 'not-installed-anywhere'],
])('says what is wrong with the module of %s', async (scheme, words) => {
  await expect(load(`${scheme}:x`)).rejects.toMatchObject({ code: 'PLUGIN_LOAD_FAILED' });
  await expect(load(`${scheme}:x`)).rejects.toThrow(words);
  await expect(load(`${scheme}:x`)).rejects.toThrow(`dbsync-sink-${scheme} 1.0.0`);
});

it('checks options before any code of the plugin runs', async () => {
  await expect(load('broken:x?colour=red')).rejects.toMatchObject({ code: 'SINK_OPTION_UNKNOWN' });
});

async function install(scheme: string, module: string, options: object = {}, more: object = {}): Promise<void> {
  const folder = join(pluginDir, `dbsync-sink-${scheme}`);
  await mkdir(folder);
  const manifest = { sinkApi: 1, schemes: [scheme], entry: './index.js', options, ...more };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '1.0.0', type: 'module', dbsync: manifest }));
  await writeFile(join(folder, 'index.js'), module);
}
