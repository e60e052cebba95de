import type { ChildProcess } from 'node:child_process';

/**
 * Types each answer the moment its question stands in the last line of the output. For a process at a terminal of its own.
 *
 * @param answers part of each question, and the answer, in their order
 * @returns the answers that are not typed yet; it empties
 */
export function typeAnswers(
  child: Pick<ChildProcess, 'stdin' | 'stdout'>,
  answers: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const left = [...answers];
  let shown = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = left;
    if (next === undefined || !shown.slice(shown.lastIndexOf('\n') + 1).includes(next[0])) return;
    left.shift();
    child.stdin?.write(`${next[1]}\n`);
  });
  return left;
}
