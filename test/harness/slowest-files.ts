import { relative } from 'node:path';

interface TestReport {
  readonly testResults?: readonly { readonly name: string; readonly startTime: number; readonly endTime: number }[];
}

/**
 * Returns lines that name the slowest test files, in seconds.
 *
 * @param report the text that vitest writes with its json reporter; null where it left none
 */
export function slowestFiles(report: string | null, root: string, count = 20): readonly string[] {
  const files = report === null ? [] : ((JSON.parse(report) as TestReport).testResults ?? []);
  return files
    .map(({ name, startTime, endTime }) => ({ path: relative(root, name), seconds: (endTime - startTime) / 1000 }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ path, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${path}`);
}
