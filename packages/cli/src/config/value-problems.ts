import { CliError } from '../cli-error.js';
import type { OptionValues } from '../options/command-option.js';
import { runOptions } from '../options/run-options.js';
import { type ConfigLayer, type GivenKey, problemAt } from './config-layer.js';
import type { ConfigProblem, FilePosition } from './config-problem.js';
import { STAND_INS } from './known-options.js';

/** A map of the file whose values are checked. */
export interface CheckedMap {
  readonly layer: ConfigLayer;
  readonly path: string;
  readonly position: FilePosition;
}

const NEEDED = ['mode', 'campaign', 'token', 'url'] as const;

/**
 * Checks each value by the rules of the run itself, one after the other, so that every wrong one is found; then all right
 * ones together, for rules between options.
 *
 * @param isWhole true for a campaign, which needs all of `mode`, `campaign`, `token` and `url`
 */
export function valueProblems(
  { layer, path, position }: CheckedMap,
  { isWhole }: { readonly isWhole: boolean },
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const right = new Map(STAND_INS);
  for (const given of layer.values()) {
    if (given.key.gives !== 'value') continue;
    const { name } = given.key.option;
    const error = errorOf(new Map([...STAND_INS, [name, given.text]]));
    if (error?.code === 'CLI_OPTION_VALUE') problems.push(wrongValue(given, error));
    else right.set(name, given.text);
  }
  if (!isWhole) return problems;
  const missing = NEEDED.filter((name) => !layer.has(name));
  if (missing.length > 0) {
    const remedy = `Write ${missing.map((name) => (name === 'token' || name === 'url' ? `${name}-file` : name)).join(', ')}, here or under defaults.`;
    problems.push(problemAt(position, path, 'CLI_OPTION_MISSING', `Not given: ${missing.join(', ')}.`, remedy));
  }
  const together = errorOf(right);
  if (together !== null) problems.push(problemAt(position, path, together.code, asKeys(together.message), null));
  return problems;
}

/** Names options as the file does: `--interval` is `interval` there. */
export function asKeys(message: string): string {
  return message.replaceAll(/ \(--[a-z]{1,2}\b[^)]*\)/g, '').replaceAll(/--([a-z][a-z0-9-]+)/g, '$1');
}

function wrongValue({ key, path, position }: GivenKey, { code, message }: CliError): ConfigProblem {
  const values = key.option.values?.join(', ');
  const remedy = values === undefined ? key.option.help || null : `Write one of: ${values}.`;
  return problemAt(position, path, code, asKeys(message), remedy);
}

function errorOf(values: OptionValues): CliError | null {
  try {
    runOptions(values);
    return null;
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}
