import { describe, expect, it } from 'vitest';
import { countTests } from '../harness/test-counts.ts';

const file = (status: string, ...tests: readonly string[]) => ({
  status,
  assertionResults: tests.map((result, index) => ({ status: result, fullName: `test ${index}` })),
});
const report = (...files: readonly object[]) => JSON.stringify({ testResults: files });

describe('the counts of npm test', () => {
  it('adds up passed and failed tests over all files', () => {
    const counts = countTests(report(file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')), 1);
    expect(counts).toEqual({ passed: 3, failed: 1, notRun: [] });
  });

  it('counts a file that did not load as a failure', () => {
    expect(countTests(report(file('passed', 'passed'), file('failed')), 1).failed).toBe(1);
  });

  it('counts a file whose hook threw as a failure though its tests passed', () => {
    expect(countTests(report(file('failed', 'passed', 'passed')), 1)).toEqual({ passed: 2, failed: 1, notRun: [] });
  });

  it('fails when vitest left no report, ended badly, or ran no test', () => {
    expect(countTests(null, 1).failed).toBe(1);
    expect(countTests(report(), 0).failed).toBe(1);
    expect(countTests(report(file('passed', 'passed')), null).failed).toBe(1);
    expect(countTests(report(file('passed', 'passed')), 1).failed).toBe(1);
  });

  it('names the tests that did not run', () => {
    expect(countTests(report(file('passed', 'passed', 'skipped', 'todo')), 0).notRun).toEqual(['test 1', 'test 2']);
  });
});
