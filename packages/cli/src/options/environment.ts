import type { CommandOption, OptionValues } from './command-option.js';
import { nearestName } from './nearest-name.js';

/** Reads `DBSYNC_<OPTION>`, in capitals, dashes as underscores: the long name wins over the old one. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  options: readonly CommandOption[],
): OptionValues {
  const values = new Map<string, string>();
  for (const option of options) {
    const value = [option.name, option.old]
      .map((name) => (name === undefined ? undefined : environment[variableOf(name)]))
      .find((text) => text !== undefined && (text !== '' || option.mayBeEmpty === true));
    if (value !== undefined) values.set(option.name, value);
  }
  return values;
}

/**
 * Returns a sentence for each `DBSYNC_` variable that resembles an option but is none: probably a typing error. Other
 * unknown ones are left alone: container platforms set some of their own.
 */
export function doubtfulVariables(
  environment: Readonly<Record<string, string | undefined>>,
  options: readonly CommandOption[],
): readonly string[] {
  const known = new Set(options.flatMap(({ name, old }) => [name, old ?? name]).map(variableOf));
  const long = options.map(({ name }) => variableOf(name));
  return Object.keys(environment)
    .filter((variable) => variable.startsWith(PREFIX) && !known.has(variable))
    .flatMap((variable) => {
      const nearest = nearestName(variable.slice(PREFIX.length), long.map(withoutPrefix));
      return nearest === null ? [] : [`${variable} is no option. Did you mean ${PREFIX}${nearest}?`];
    });
}

const PREFIX = 'DBSYNC_';

function withoutPrefix(variable: string): string {
  return variable.slice(PREFIX.length);
}

export function variableOf(name: string): string {
  return `${PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
}
