import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { DCLinter } from 'dclint';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runHere } from '../harness/command/command-here.ts';

const folder = join(import.meta.dirname, '../../examples/compose');
const file = join(folder, 'compose.yaml');
const text = readFileSync(file, 'utf8');
const MODES = ['db-init', 'db-sync', 'db-update', 'webhook'];
/** Variables of Compose, and those that the file itself reads. */
const OF_COMPOSE = /^(?:COMPOSE_PROFILES|IMAGE|RESTART)$/;

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface ComposeService {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly [key: string]: unknown;
}

/** A file's part of the linter's answer, whose own declarations do not resolve here. */
interface LintedFile {
  readonly messages: readonly { readonly message: string }[];
}

const { services, secrets } = parse(text) as ComposeFile;

describe('the linter of Compose files', () => {
  const drafts = mkdtempSync(join(tmpdir(), 'dbsync-compose-'));
  afterAll(() => rmSync(drafts, { recursive: true, force: true }));

  /** Returns what is wrong by the schema of Compose and by the rules of the linter, which the order of keys is no part of. */
  function lint(draft: string): readonly string[] {
    const path = join(drafts, 'compose.yaml');
    writeFileSync(path, draft);
    const rules = {
      'service-keys-order': 0 as const,
      'top-level-properties-order': 0 as const,
      'service-image-require-explicit-tag': [2, { prohibitedTags: ['latest'] }] as [2, object],
    };
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    const results: readonly LintedFile[] = linter.lintFiles([path], false);
    return results.flatMap(({ messages }) => messages.map(({ message }) => message));
  }

  it('finds nothing wrong with the example', () => {
    expect(lint(text)).toEqual([]);
  });

  it.each([
    ['a misspelt key', (draft: string) => draft.replace('read_only:', 'readonly:')],
    ['a condition that does not exist', (draft: string) => draft.replace('service_healthy', 'service_fine')],
    ['an image without a version', (draft: string) => draft.replace(/mariadb:11\S+/, 'mariadb')],
  ])('finds %s', (_, change) => {
    expect(lint(change(text))).not.toEqual([]);
  });
});

describe('the example of Compose', () => {
  it('runs dbsync read-only, without rights, restarted as the mode needs it, and with its secrets in files', () => {
    expect(services.dbsync).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      environment: { DBSYNC_TOKEN_FILE: '/run/secrets/token', DBSYNC_URL_FILE: '/run/secrets/url' },
      secrets: ['token', 'url'],
      volumes: ['state:/var/lib/dbsync', 'logs:/var/log/dbsync'],
    });
    expect(text).not.toMatch(/^\s*(?:MARIADB|POSTGRES)_PASSWORD:|:\/\//m);
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.\/secrets\//);
  });

  it('brings databases by profiles alone, named by their hash, and dbsync waits for them', () => {
    const { dbsync, ...databases } = services;
    expect(dbsync?.profiles).toBeUndefined();
    for (const [name, { image, profiles, healthcheck }] of Object.entries(databases)) {
      expect(profiles).toEqual([name]);
      expect(image).toMatch(/^[a-z]+:[\w.-]+@sha256:[\da-f]{64}$/);
      expect(healthcheck).toBeDefined();
    }
    expect(Object.keys(dbsync?.depends_on ?? {})).toEqual(Object.keys(databases));
  });
});

describe('the examples of an .env', () => {
  it('are one for each mode', () => {
    const names = globSync('*.env.example', { cwd: folder }).map((name) => basename(name, '.env.example'));
    expect(names.sort()).toEqual(MODES);
  });

  it.each(MODES)('%s: has options of dbsync that it takes, and profiles that exist', async (mode) => {
    const variables = parseEnv(readFileSync(join(folder, `${mode}.env.example`), 'utf8'));
    expect(variables.DBSYNC_MODE).toBe(mode.replace('-', '_'));
    expect(['', ...Object.keys(services)]).toContain(variables.COMPOSE_PROFILES);
    expect(variables.RESTART).toBe(/init|update/.test(mode) ? 'no' : 'unless-stopped');
    const strange = Object.keys(variables).filter((name) => !name.startsWith('DBSYNC_') && !OF_COMPOSE.test(name));
    expect(strange).toEqual([]);
    const target = mode === 'webhook' ? 'http://127.0.0.1:1/hook' : 'sqlite:calls.db';
    const given = { ...(variables as Record<string, string>), DBSYNC_TOKEN_FILE: '/missing/token' };
    const { code, stdout } = await runHere(['--url', target], given);
    expect({ code, stdout }).toMatchObject({ code: 2, stdout: expect.stringContaining('/missing/token') });
    expect(stdout).not.toContain('is no option');
  });
});
