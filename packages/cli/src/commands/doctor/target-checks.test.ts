import { expect, it } from 'vitest';
import { createSecretGuard } from '../../reporting/secret-guard.js';
import { createOutput } from '../../terminal/output.js';
import type { CommandContext } from '../command-context.js';
import type { HostLookup } from './host-lookup.js';
import { runParts } from './run-parts.js';
import { type TargetChecks, targetChecks } from './target-checks.js';

const guard = createSecretGuard();
const context: CommandContext = {
  operands: [],
  values: new Map(),
  options: [],
  schemes: [],
  variables: {},
  doubts: [],
  output: createOutput({ write: () => true, on: () => {} }, guard.redact),
  guard,
  codes: {},
};

const to = (url: string) => ({ url, pluginDir: null, shared: {}, ofSinks: {} });

function found(checks: TargetChecks, lookup: HostLookup, values: ReadonlyMap<string, string> = new Map()) {
  const part = targetChecks(checks, { ...context, values }, lookup);
  return runParts([part], {}, new AbortController().signal);
}

it.each([
  ['webhook', 'sqlite:/nowhere.db', /CLI_SINK_UNFIT: .* is a database: use --mode db_sync/],
  ['db_sync', 'http://127.0.0.1:1/hook', /CLI_SINK_UNFIT: .* is a web service: use --mode webhook/],
] as const)('fails where a run of the mode %s would refuse %s', async (mode, url, what) => {
  const [first] = await found({ target: to(url), mode, sendsSample: false }, async () => []);
  expect(first).toMatchObject({ check: 'sink', level: 'fail', what: expect.stringMatching(what) });
});

it('looks up the proxy, and not the receiver behind it', async () => {
  const asked: string[] = [];
  const lookup = async (host: string) => {
    asked.push(host);
    throw Object.assign(new Error('hangs'), { code: 'no answer' });
  };
  const checks = { target: to('https://receiver.example/hook'), mode: null, sendsSample: false };
  await found(checks, lookup, new Map([['proxy', 'http://proxy.example:3128']]));
  expect(asked).toEqual(['proxy.example']);
});

it('leaves the login out where the name server does not answer: that of the driver would hang too', async () => {
  const target = to('postgres://u:p@db.example/d');
  const lookup = () => Promise.reject(Object.assign(new Error('hangs'), { code: 'no answer' }));
  const findings = await found({ target, mode: 'db_sync', sendsSample: false }, lookup);
  expect(findings.map(({ check, level }) => `${check} ${level}`)).toEqual([
    'sink pass',
    'dns fail',
    'login not-checked',
    'health not-checked',
  ]);
  expect(findings[1]?.what).toBe('The name server does not answer for db.example');
});
