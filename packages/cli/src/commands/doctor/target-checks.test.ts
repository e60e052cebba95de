import { expect, it } from 'vitest';
import { createSecretGuard } from '../../reporting/secret-guard.js';
import { createOutput } from '../../terminal/output.js';
import type { CommandContext } from '../command-context.js';
import { runParts } from './run-parts.js';
import { targetChecks } from './target-checks.js';

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

it('leaves the login out where the name server does not answer: that of the driver would hang too', async () => {
  const target = { url: 'postgres://u:p@db.example/d', pluginDir: null, shared: {}, ofSinks: {} };
  const lookup = () => Promise.reject(Object.assign(new Error('hangs'), { code: 'no answer' }));
  const part = targetChecks({ target, sendsSample: false }, context, lookup);
  const findings = await runParts([part], {}, new AbortController().signal);
  expect(findings.map(({ check, level }) => `${check} ${level}`)).toEqual([
    'sink pass',
    'dns fail',
    'login not-checked',
    'health not-checked',
  ]);
  expect(findings[1]?.what).toBe('The name server does not answer for db.example');
});
