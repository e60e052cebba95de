import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listSinkPlugins } from '@dbsync/core/cli-kit';
import { expect, it, onTestFinished } from 'vitest';
import type { Tell } from './doctor-finding.js';
import { coreVersion, tellPlugins } from './plugin-checks.js';
import { installRemedy } from './plugin-remedy.js';

const MANIFEST = { sinkApi: 1, schemes: ['tea'], entry: './index.js', options: {} };

/** Finds the one plugin in a folder, and returns the findings about it. */
async function reported(packageJson: object): Promise<readonly Parameters<Tell>[0][]> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-plugins-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'dbsync-sink-tea'));
  writeFileSync(join(folder, 'dbsync-sink-tea', 'package.json'), JSON.stringify(packageJson));
  const found = await listSinkPlugins({ pluginDir: folder, from: join(folder, 'bin.js') });
  const findings: Parameters<Tell>[0][] = [];
  tellPlugins(found, coreVersion(), (finding) => void findings.push(finding));
  return findings;
}

it('passes a sink that was made for this core', async () => {
  const findings = await reported({
    version: '1.2.3',
    dbsync: MANIFEST,
    peerDependencies: { '@dbsync/core': '>=0.1.0' },
  });
  expect(findings).toMatchObject([{ level: 'pass', what: expect.stringContaining('dbsync-sink-tea 1.2.3') }]);
});

it('names a sink that was made for another core', async () => {
  const findings = await reported({
    version: '1.2.3',
    dbsync: MANIFEST,
    peerDependencies: { '@dbsync/core': '^99.0.0' },
  });
  const what = `dbsync-sink-tea 1.2.3 was made for @dbsync/core ^99.0.0, and this is ${coreVersion()}`;
  expect(findings).toEqual([
    { check: 'plugins', level: 'warn', what, remedy: expect.stringMatching(/^Replace or remove .*dbsync-sink-tea/) },
  ]);
});

it('names a sink that cannot be used', async () => {
  const findings = await reported({ version: '1.2.3', dbsync: { ...MANIFEST, sinkApi: 99 } });
  expect(findings).toMatchObject([
    {
      level: 'warn',
      what: expect.stringMatching(/It is in .*dbsync-sink-tea$/),
      remedy: expect.stringMatching(/^Replace /),
    },
  ]);
});

it('names the command that installs a sink at its own place: a project, a global installation, that of pnpm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync plugins-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), '{}');
  const project = installRemedy('@tea/dbsync-sink-tea', join(folder, 'node_modules/@tea/dbsync-sink-tea'));
  expect(project).toBe(`npm install --prefix '${folder}' @tea/dbsync-sink-tea@latest`);
  const global = installRemedy('dbsync-sink-tea', '/opt/node/lib/node_modules/dbsync-sink-tea');
  expect(global).toBe('npm install -g --prefix /opt/node dbsync-sink-tea@latest');
  const ofPnpm = installRemedy('dbsync-sink-tea', '/opt/pnpm/global/v11/ab12/node_modules/dbsync-sink-tea');
  expect(ofPnpm).toBe('pnpm add -g dbsync-sink-tea@latest');
});
