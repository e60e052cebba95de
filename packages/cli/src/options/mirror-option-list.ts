import type { CommandOption } from './command-option.js';

/** Options about contacts that the campaign deletes. */
export const mirrorOptionList = {
  'mirror-deletions': {
    type: 'flag',
    group: 'How',
    help: 'db_sync: remove contacts that the campaign has deleted: two complete listings a day apart lack them, the API has no body of them, and they are 5 % of the copy at most. Without it they stay, with a mark (deleted_at)',
  },
  allow: {
    type: 'whole-number',
    group: 'Mirror deletions',
    min: 1,
    help: 'Remove or mark at most this number of deleted contacts, once',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
