import type { CommandOption } from './command-option.js';

/** Options that keep values of single fields out of the target. */
export const fieldOptionList = {
  'exclude-fields': {
    type: 'text',
    group: 'What to copy',
    repeatable: true,
    help: "Fields to leave out everywhere, as globs: '$phone,contacts.mail*,inbound_calls.remote_number'. Put them in quotes for the shell. Separate several globs by commas, or give the option several times",
  },
  'hash-fields': {
    type: 'text',
    group: 'What to copy',
    repeatable: true,
    help: 'Fields to replace by their HMAC-SHA-256, as globs; equal values stay equal',
  },
  'hash-key-file': {
    type: 'text',
    path: 'file',
    group: 'What to copy',
    help: 'File that holds the key of --hash-fields, one line of 32 characters or more',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
