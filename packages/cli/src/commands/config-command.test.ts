import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from '../../../../test/harness/command/command-here.ts';
import { createMemoryPlugin } from '../../../../test/harness/command/memory-plugin.ts';

const plugin = createMemoryPlugin();
const folder = mkdtempSync(join(tmpdir(), 'dbsync-config-'));
afterAll(() => {
  plugin[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const file = join(folder, 'dbsync.yaml');

function check(
  lines: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  argv: readonly string[] = [],
) {
  writeFileSync(file, `plugin-dir: ${plugin.folder}\n${lines.join('\n')}\n`, { mode: 0o600 });
  return runHere(['config', 'check', file, ...argv], variables);
}

describe('config check', () => {
  it('says that a file has no errors, with secrets from files, variables and credentials', async () => {
    writeFileSync(join(folder, 'token'), 'canary-token\n', { mode: 0o600 });
    writeFileSync(join(folder, 'url'), 'memory://user:canary@host\n', { mode: 0o600 });
    const { code, stdout } = await check(
      [
        'defaults: {mode: db_sync, url-credential: url, memory-key: "0"}',
        'campaigns:',
        '  - {campaign: A, token-file: token}',
        '  - {campaign: B, token-env: TOKEN_B}',
      ],
      { TOKEN_B: 'canary-b', CREDENTIALS_DIRECTORY: folder },
    );
    expect(stdout).toContain(`${file}: 2 campaigns, no errors.\n`);
    expect(code).toBe(0);
    expect(stdout).not.toContain('canary');
  });

  it.each([
    ['16 by default', '', 16],
    ['the given number', 'shared-connections: 5', 5],
    ['8 for each', 'shared-connections: 0', 16],
  ])('tells how many connections the file needs (%s)', async (_, key, most) => {
    const { code, stdout } = await check([
      key,
      'defaults: {mode: db_sync, token: canary, url: "postgres://user:canary@db.example.com/calls"}',
      'campaigns: [{campaign: A}, {campaign: B, table-prefix: b_}]',
    ]);
    const expected = `PostgreSQL db.example.com:5432: 2 campaigns, up to ${most} connections.`;
    expect(stdout).toContain(`${expected} The server has to allow them (max_connections).\n`);
    expect(code).toBe(0);
    expect(stdout).not.toContain('canary');
  });

  it('lists every error with file, line, column and remedy', async () => {
    const { code, stdout } = await check([
      'defaults: {mode: db_sync, url: memory://host}',
      'campaigns:',
      '  - {campaign: A, token: T, interval: soon}',
      '  - {campaign: B, tokn: T}',
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain(`CLI_CONFIG_INVALID: ${file} has 3 errors:`);
    expect(stdout).toContain(`${file}:4:39: campaigns[0].interval: CLI_OPTION_VALUE: interval takes a whole number`);
    expect(stdout).toContain(
      `${file}:5:19: campaigns[1]: CLI_CONFIG_KEY: There is no key tokn of a campaign.\n  Did you mean token?`,
    );
    expect(stdout).toContain(`${file}:5:5: campaigns[1]: CLI_OPTION_MISSING: Not given: token.`);
  });

  it.each([
    ['a file of a secret', 'token-file: nowhere', 'campaigns[0].token-file: CLI_FILE_UNREADABLE'],
    ['a variable', 'token-env: NOT_SET', 'campaigns[0].token-env: CLI_CONFIG_SECRET'],
    ['a credential', 'token-credential: token', 'campaigns[0].token-credential: CLI_CONFIG_SECRET'],
  ])('finds that %s is missing', async (_, key, message) => {
    const { code, stdout } = await check([
      'campaigns:',
      '  - campaign: A',
      '    mode: db_sync',
      '    url: memory://h',
      `    ${key}`,
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain(message);
    expect(stdout).toContain(`${file}:6:`);
  });

  it.each([
    ['a scheme of no sink', 'db_sync', 'nope://h', 'campaigns[0].url: SINK_SCHEME_UNKNOWN'],
    [
      'a database for webhooks',
      'webhook',
      'memory://h',
      'campaigns[0].mode: CLI_SINK_UNFIT: memory://h is a database: use mode db_sync for it.',
    ],
  ])('finds %s', async (_, mode, url, message) => {
    const { code, stdout } = await check(['campaigns:', `  - {campaign: A, token: T, mode: ${mode}, url: "${url}"}`]);
    expect(code).toBe(2);
    expect(stdout).toContain(message);
  });

  it('warns of secrets in the file, and of a file that others may read', async () => {
    const lines = ['campaigns: [{campaign: A, mode: db_sync, token: canary-1, url: "memory://u:canary-2@h"}]'];
    const { code, stdout } = await check(lines);
    expect(code).toBe(0);
    expect(stdout).toContain('CLI_SECRET_INLINE');
    expect(stdout).toContain(
      `${file}:2:49: campaigns[0].token holds a secret. Safer: token-file, token-env or token-credential.`,
    );
    expect(stdout).toContain('campaigns[0].url holds a secret.');
    expect(stdout).not.toContain('CLI_SECRETS_EXPOSED');
    expect(stdout).not.toContain('canary');
    chmodSync(file, 0o644);
    const exposed = await runHere(['config', 'check', file, '--json'], {});
    expect(exposed.stdout).not.toContain('canary');
    const { warnings, campaigns, problems } = JSON.parse(exposed.stdout.trim());
    expect({ campaigns, problems }).toEqual({ campaigns: ['A'], problems: [] });
    expect(warnings.map(({ code: each }: { readonly code: string }) => each)).toContain('CLI_SECRETS_EXPOSED');
  });

  it.each([
    [['config', 'check'], 'CLI_OPTION_MISSING: config check needs a file'],
    [['config', 'check', join(folder, 'nowhere.yaml')], 'CLI_FILE_UNREADABLE'],
    [['config', 'check', 'a', 'b'], 'CLI_WORD_UNEXPECTED'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout } = await runHere(argv, {});
    expect(code).toBe(2);
    expect(stdout).toContain(message);
  });
});
