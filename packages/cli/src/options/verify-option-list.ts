import type { CommandOption } from './command-option.js';

/** Options of `verify`. */
export const verifyOptionList = {
  deep: {
    type: 'flag',
    group: 'Verify',
    help: 'Compare each cell and row with the contacts of the API, which takes about as long as a first copy',
  },
  repair: { type: 'flag', group: 'Verify', help: 'Fetch the contacts and calls that differ again, then compare again' },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
