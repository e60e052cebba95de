import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageVersion } from '../../version.js';
import { loadStoreCases } from './load-testkit.js';

/** The module of a sink that has no testkit among its packages. */
const SINK = join(tmpdir(), 'dbsync-sink-tea', 'index.js');

it.each([
  [null, `npm install -g @dbsync/testkit@${packageVersion()}`],
  ['/opt/my sinks', `npm install --prefix '/opt/my sinks' @dbsync/testkit@${packageVersion()}`],
  ['/opt/sinks', `npm install --prefix /opt/sinks @dbsync/testkit@${packageVersion()}`],
])('names the one command that installs the testkit (plugin folder %j)', async (pluginDir, command) => {
  await expect(loadStoreCases(pluginDir, SINK, () => null)).rejects.toMatchObject({
    code: 'CLI_TESTKIT_MISSING',
    message: `@dbsync/testkit is not installed. To install it: ${command}`,
  });
});

it('finds the testkit among the packages of the sink, before that beside dbsync', async () => {
  const asked: string[] = [];
  const loading = loadStoreCases(null, SINK, (origin) => {
    asked.push(origin);
    return null;
  });
  await expect(loading).rejects.toMatchObject({ code: 'CLI_TESTKIT_MISSING' });
  expect(asked[0]).toBe(SINK);
});

it('finds the testkit beside dbsync', async () => {
  expect((await loadStoreCases(null, SINK)).length).toBeGreaterThan(50);
});

it.each([
  ['0.0.1', 'export const storeCases = [];', 'is of version 0.0.1'],
  [packageVersion(), 'export const others = [];', 'exports no storeCases.'],
  [packageVersion(), "throw new Error('no such module');", 'threw: no such module.'],
])('says what it found in place of the testkit (version %s, %s)', async (version, text, found) => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-testkit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version, type: 'module' }));
  writeFileSync(join(folder, 'index.js'), text);
  const loading = loadStoreCases(null, SINK, () => join(folder, 'index.js'));
  await expect(loading).rejects.toMatchObject({ code: 'CLI_TESTKIT_MISSING', message: expect.stringContaining(found) });
});
