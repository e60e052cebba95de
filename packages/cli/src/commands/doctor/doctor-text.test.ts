import { expect, it } from 'vitest';
import type { DoctorFinding } from './doctor-finding.js';
import { doctorLines } from './doctor-text.js';

const finding = (
  level: DoctorFinding['level'],
  what: string,
  remedy: string | null = null,
  check = 'any',
): DoctorFinding => ({ part: 'api', check, level, what, remedy });

it('groups by level, failures last, and wraps all but remedies', () => {
  const command = `GRANT ${'A'.repeat(100)}`;
  const lines = doctorLines([
    finding('fail', 'xx '.repeat(20).trimEnd(), command),
    finding('pass', 'Fine'),
    finding('not-checked', 'not checked, since dns failed', null, 'tls'),
    finding('not-checked', 'not checked, since dns failed', null, 'token'),
    finding('warn', 'Slow', 'SET faster\n--fast'),
  ]);
  expect(lines).toEqual([
    'Passed',
    '  api      Fine',
    '',
    'Not checked',
    '  api      tls, token: not checked, since dns failed',
    '',
    'Warnings',
    '  api      Slow',
    '           To do: SET faster',
    '                  --fast',
    '',
    'Failures',
    `  api      ${'xx '.repeat(20).trimEnd()}`,
    `           To do: ${command}`,
    '',
    '1 failure, 1 warning, 2 not checked, 1 passed.',
  ]);
});

it('says that nothing failed', () => {
  expect(doctorLines([finding('pass', 'Fine')]).at(-1)).toBe('No failures, 0 warnings, 0 not checked, 1 passed.');
});
