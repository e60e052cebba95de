import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SINK_API } from '../contract/index.js';
import { loadTestedStore } from './load-tested-store.js';

const INDEX = 'export const createSink = () => ({});';
const TESTING = 'export const createTestTargets = () => ({ close: async () => {} });';

function pluginWith(testing: unknown): string {
  const pluginDir = mkdtempSync(join(tmpdir(), 'dbsync-tested-'));
  onTestFinished(() => rmSync(pluginDir, { recursive: true }));
  const folder = join(pluginDir, 'dbsync-sink-files');
  mkdirSync(folder, { recursive: true });
  const dbsync = { sinkApi: SINK_API, schemes: ['files'], entry: './index.js', options: {} };
  const exports = { '.': './index.js', './testing': testing };
  const described = { name: 'dbsync-sink-files', version: '1.0.0', type: 'module', exports, dbsync };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(described));
  writeFileSync(join(folder, 'index.js'), INDEX);
  writeFileSync(join(folder, 'testing.js'), TESTING);
  return pluginDir;
}

const load = (testing: unknown) =>
  loadTestedStore({ url: 'files:x', pluginDir: pluginWith(testing), from: import.meta.filename, notify: () => {} });

it.each([
  ['./testing.js'],
  [{ types: './none.d.ts', default: './testing.js' }],
  [{ require: './none.cjs', import: { types: './none.d.ts', default: './testing.js' } }],
  [{ browser: './none.js', node: { import: './testing.js' } }],
])('finds the module for tests through the conditions %j', async (testing) => {
  await expect(load(testing)).resolves.toMatchObject({ packageName: 'dbsync-sink-files' });
});

it.each([[undefined], [{ require: './none.cjs' }], [{ import: null }]])('has none in %j', async (testing) => {
  await expect(load(testing)).rejects.toMatchObject({ code: 'PLUGIN_NOT_TESTABLE' });
});
