import type { OptionValues } from '../../options/command-option.js';
import { type OptionName, optionOf } from '../../options/option-list.js';
import { type Asking, askText } from '../../terminal/ask.js';

interface Question {
  readonly option: OptionName;
  readonly text: string;
  /** The answer to an empty line. Absent: the question comes again. */
  readonly usual?: string;
  /** True: what is typed is not shown. */
  readonly isHidden?: boolean;
}

const QUESTIONS: readonly Question[] = [
  { option: 'mode', text: `Mode (${optionOf('mode').values?.join(', ')})`, usual: 'db_sync' },
  { option: 'campaign', text: 'Campaign id' },
  { option: 'token', text: 'Campaign token (it is not shown)', isHidden: true },
  {
    option: 'url',
    text: 'Target, such as postgres://user:password@host/db, sqlite:calls.db or the address of a web service (it is not shown)',
    isHidden: true,
  },
];

/** Returns the options with the answers to what was not given. */
export async function askForMissing(values: OptionValues, asking: Asking, signal: AbortSignal): Promise<OptionValues> {
  const all = new Map(values);
  for (const { option, text, usual, isHidden = false } of QUESTIONS) {
    while (!all.has(option)) {
      const shown = usual === undefined ? text : `${text} [${usual}]`;
      const answer = (await askText(`${shown}: `, asking, { isHidden, signal })).trim() || usual;
      if (answer !== undefined && answer !== '') all.set(option, answer);
    }
  }
  return all;
}
