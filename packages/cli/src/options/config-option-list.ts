import type { CommandOption } from './command-option.js';

/** The option of many campaigns in one process. */
export const configOptionList = {
  config: {
    type: 'text',
    path: 'file',
    group: 'How',
    help: 'File of campaigns, in YAML or JSON: run copies all of them in one process; every other command takes the one that --campaign names',
  },
  name: {
    type: 'text',
    group: 'How',
    help: 'init: the name of the campaign in the file; default: its id',
  },
  'shared-requests': {
    type: 'whole-number',
    group: 'How',
    min: 1,
    max: 1_000,
    default: '64',
    help: 'run --config: highest number of requests to the API at a time over all campaigns, beside one of each campaign that waits for no other',
  },
  'shared-connections': {
    type: 'whole-number',
    group: 'How',
    max: 1_000,
    default: '16',
    help: 'run --config: campaigns of one database share at most so many connections, a quarter of them for the calls of one; PostgreSQL by default, MariaDB and MySQL where it is given; 0: each campaign has its own',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
