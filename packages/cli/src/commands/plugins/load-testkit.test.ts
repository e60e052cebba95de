import { expect, it } from 'vitest';
import { packageVersion } from '../../version.js';
import { loadStoreCases } from './load-testkit.js';

it.each([
  [null, `npm install -g @dbsync/testkit@${packageVersion()}`],
  ['/opt/sinks', `npm install --prefix /opt/sinks @dbsync/testkit@${packageVersion()}`],
])('names the one command that installs the testkit (plugin folder %j)', async (pluginDir, command) => {
  await expect(loadStoreCases(pluginDir, () => null)).rejects.toMatchObject({
    code: 'CLI_TESTKIT_MISSING',
    message: `@dbsync/testkit is not installed. To install it: ${command}`,
  });
});

it('finds the testkit beside dbsync', async () => {
  expect((await loadStoreCases(null)).length).toBeGreaterThan(50);
});
