import { expect, it } from 'vitest';
import { slowestFiles } from '../harness/slowest-files.ts';

const file = (name: string, startTime: number, endTime: number) => ({ name, startTime, endTime });

it('names the slowest test files, the slowest first', () => {
  const report = JSON.stringify({
    testResults: [file('/repo/a.test.ts', 0, 1500), file('/repo/b.test.ts', 0, 12_340), file('/repo/c.test.ts', 0, 9)],
  });
  expect(slowestFiles(report, '/repo', 2)).toEqual(['   12.3 s  b.test.ts', '    1.5 s  a.test.ts']);
  expect(slowestFiles(null, '/repo')).toEqual([]);
});
