import type { CommandOption } from './command-option.js';

/** Options of `verify`. */
export const verifyOptionList = {
  deep: {
    type: 'flag',
    group: 'Verify',
    help: 'Compare each cell and row with the contacts of the API, which takes about as long as a first copy',
  },
  repair: { type: 'flag', group: 'Verify', help: 'Fetch the contacts and calls that differ again, then compare again' },
  'drop-gone': {
    type: 'flag',
    group: 'Verify',
    help: 'Ask first, then delete all rows of contacts that the campaign no longer has, and rows without a parent',
  },
  yes: { type: 'flag', group: 'Verify', help: '--drop-gone: do not ask, for scripts' },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
