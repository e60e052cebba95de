import { expect, it } from 'vitest';
import { CliError } from '../../cli-error.js';
import type { Tell } from './doctor-finding.js';
import { runParts } from './run-parts.js';

const never = new AbortController().signal;
const part = (run: (tell: Tell, signal: AbortSignal) => Promise<void>, deadlineMs = 30_000) =>
  ({ part: 'api', checks: ['first', 'second', 'third'], deadlineMs, run }) as const;
const shown = async (...parts: Parameters<typeof runParts>[0]) =>
  (await runParts(parts, {}, never)).map(({ check, level, what }) => `${check} ${level}: ${what}`);

it('gives up a part that never answers, keeps its findings from before, and drops later ones', async () => {
  let later: Tell = () => {};
  const hanging = part((tell) => {
    later = tell;
    tell({ check: 'first', level: 'pass', what: 'fine' });
    return new Promise(() => {});
  }, 20);
  const found = await runParts([hanging], {}, never);
  later({ check: 'third', level: 'pass', what: 'too late' });
  expect(found.map(({ check, level, what }) => `${check} ${level}: ${what}`)).toEqual([
    'first pass: fine',
    'second fail: No answer within 0.02 s',
    'third not-checked: not checked, since second failed',
  ]);
});

it('makes a failure of a throw, with the remedy of its code, and goes on with the other parts', async () => {
  const throwing = part(async () => {
    throw new CliError('CLI_PROXY_INVALID', 'no proxy');
  });
  const good = part(async (tell) => {
    for (const check of ['first', 'second', 'third']) tell({ check, level: 'pass', what: 'fine' });
  });
  const findings = await runParts([throwing, good], {}, never);
  expect(findings[0]).toMatchObject({ check: 'first', level: 'fail', what: 'CLI_PROXY_INVALID: no proxy' });
  expect(findings[0]?.remedy).toContain('http://host:port');
  expect(findings.map(({ level }) => level)).toEqual(['fail', 'not-checked', 'not-checked', 'pass', 'pass', 'pass']);
});

it('names each check that has no finding', async () => {
  const silent = part(async (tell) => tell({ check: 'first', level: 'fail', what: 'broken' }));
  expect(await shown(silent)).toEqual([
    'first fail: broken',
    'second not-checked: not checked, since first failed',
    'third not-checked: not checked, since first failed',
  ]);
});
