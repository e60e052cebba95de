import { CliError } from '../cli-error.js';
import { type CommandOption, type OptionValues, spelledOut } from './command-option.js';
import { type OptionName, optionList, optionOf } from './option-list.js';

/** Reads values by the types of the option list; any other value is an error with a code. */
export interface CheckedValues {
  /** Returns the value; where the option has `values`, one of them or of `alsoTakes`; null: not given. */
  text(name: OptionName): string | null;
  number(name: OptionName): number | null;
  flag(name: OptionName): boolean;
  isGiven(name: OptionName): boolean;
  /** Returns the value without the blanks that copying leaves around it; throws where nothing is left. */
  required(name: OptionName): string;
  /** Throws one error that names all of these that were not given. */
  require(names: readonly OptionName[]): void;
}

export function checkedValues(values: OptionValues): CheckedValues {
  const text = (name: OptionName) => {
    const value = values.get(name);
    const { values: taken, alsoTakes, mayBeEmpty } = optionOf(name);
    if (value === undefined) return null;
    if (value === '' && mayBeEmpty !== true) throw new CliError('CLI_OPTION_VALUE', `${spelled(name)} is empty.`);
    if (taken !== undefined && !taken.includes(value) && alsoTakes?.test(value) !== true) {
      throw new CliError('CLI_OPTION_VALUE', `${spelled(name)} takes one of: ${taken.join(', ')}.`);
    }
    return value;
  };

  const require = (names: readonly OptionName[]) => {
    const missing = names.filter((name) => !values.has(name));
    if (missing.length === 0) return;
    throw new CliError('CLI_OPTION_MISSING', `Not given: ${missing.map(spelled).join(', ')}.`);
  };

  return {
    text,
    require,
    required: (name) => {
      require([name]);
      const value = text(name)?.trim() ?? '';
      if (value === '') throw new CliError('CLI_OPTION_VALUE', `${spelled(name)} is blank.`);
      return value;
    },
    number: (name) => {
      const value = text(name);
      return value === null ? null : wholeNumber(value, optionOf(name));
    },
    isGiven: (name) => values.has(name),
    flag: (name) => flagValue(values.get(name) ?? 'false', name),
  };
}

/** True for the old client's words for a flag that is set, in any case. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|true)$/i.test(value);
}

/** True for the old client's words for a flag that is not set, in any case. */
export function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(0|f|false)$/i.test(value);
}

function flagValue(value: string, name: string): boolean {
  if (isTrue(value)) return true;
  if (isFalse(value)) return false;
  throw new CliError('CLI_OPTION_VALUE', `${spelled(name)} takes true or false.`);
}

function wholeNumber(value: string, option: CommandOption): number {
  const { name, min = 0, max = Number.MAX_SAFE_INTEGER, capped } = option;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (capped && number > max) return max;
  if (number >= min && number <= max) return number;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  throw new CliError('CLI_OPTION_VALUE', `${spelled(name)} takes a whole number ${range}.`);
}

function spelled(name: string): string {
  return spelledOut(name, optionList);
}
