import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommandContext } from '../commands/command-context.js';
import { contextOfCampaign } from './context-of-campaign.js';

it('gives a campaign its secret from a variable, and no child process those of any campaign', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-context-'));
  const file = join(folder.path, 'dbsync.yaml');
  const campaign = (name: string) => ({ name, mode: 'db_sync', campaign: name, url: `sqlite:${name}.db` });
  const campaigns = [
    { ...campaign('madrid'), 'token-env': 'MADRID_TOKEN' },
    { ...campaign('lima'), 'token-env': 'LIMA_TOKEN' },
  ];
  writeFileSync(file, JSON.stringify({ campaigns }), { mode: 0o600 });
  const given = {
    values: new Map([
      ['config', file],
      ['campaign', 'madrid'],
    ]),
    variables: { MADRID_TOKEN: 'canary-1', LIMA_TOKEN: 'canary-2', LANG: 'es' },
    guard: { protect: () => {}, redact: (text: string) => text },
  };
  const { values, variables, ofFile } = await contextOfCampaign(given as unknown as CommandContext);
  expect(values.get('token')).toBe('canary-1');
  expect(variables).toEqual({ LANG: 'es' });
  expect(ofFile).toEqual({ file, name: 'madrid', stronger: given.values });
});
