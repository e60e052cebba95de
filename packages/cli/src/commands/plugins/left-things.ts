import { CliError } from '../../cli-error.js';

/** Most names of things in a target that are shown. */
const MAX_NAMED = 5;
const OF_A_TEST = /^dbsynctest\d+_/;

/** Returns the refusal of a target that holds something, which may be left of an earlier test. */
export function usedTarget(target: string, found: readonly string[]): CliError {
  const rest = found.every((name) => OF_A_TEST.test(name))
    ? 'An earlier dbsync plugins test left them there: remove them'
    : 'Nothing was changed';
  return new CliError('CLI_TEST_TARGET_USED', `${target} is not empty: it holds ${named(found)}. ${rest}.`);
}

/** Returns the line about things that cases did not remove; null where there are none. */
export function leftLine(target: string, left: readonly string[]): string | null {
  if (left.length === 0) return null;
  return `${target} still holds ${named(left)}, which the test made and did not remove.`;
}

function named(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${names.slice(0, MAX_NAMED).join(', ')}${more}`;
}
