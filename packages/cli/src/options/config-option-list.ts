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
    help: 'init: the name of the campaign in the file; default: the campaign id',
  },
  'shared-requests': {
    type: 'whole-number',
    group: 'How',
    min: 1,
    max: 1_000,
    default: '64',
    help: 'run --config: highest number of requests to the API at a time, for all campaigns together; each campaign can send one more, without waiting for others',
  },
  'shared-connections': {
    type: 'whole-number',
    group: 'How',
    max: 1_000,
    default: '16',
    help: 'run --config: highest number of connections that the campaigns of one database share; one campaign uses about a quarter of them at most; campaigns of PostgreSQL share by default, those of MariaDB and MySQL only if the option is given; 0: each campaign has its own connections',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
