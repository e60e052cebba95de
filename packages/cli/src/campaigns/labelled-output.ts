import type { Output } from '../terminal/output.js';

/**
 * Returns the output of one campaign among several: each line begins with its name, and each object of `--json` has it as
 * `name`. It is no terminal: one bar of progress would overwrite another.
 */
export function labelledOutput(output: Output, name: string): Output {
  return {
    ...output,
    isTerminal: false,
    line: (text) => output.line(text.replaceAll(/^/gm, `${name}: `)),
    json: (value) => output.json(typeof value === 'object' && value !== null ? { ...value, name } : value),
    draw: () => {},
  };
}
