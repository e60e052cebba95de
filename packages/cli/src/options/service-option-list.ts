import type { CommandOption } from './command-option.js';

/** Options of `service`. */
export const serviceOptionList = {
  manager: {
    type: 'text',
    group: 'Service',
    values: ['systemd', 'launchd', 'windows'],
    default: 'that of this machine',
    help: 'The service manager',
  },
  program: {
    type: 'text',
    path: 'file',
    group: 'Service',
    help: 'The dbsync that the service starts; default: this one',
  },
  'service-user': {
    type: 'text',
    group: 'Service',
    default: 'the user that called sudo',
    help: 'launchd: the user that dbsync runs as. With systemd and on Windows dbsync has its own user',
  },
  root: {
    type: 'text',
    path: 'folder',
    group: 'Service',
    help: 'Write below this folder in place of /, and start nothing: for packages, images and tests',
  },
  'dry-run': { type: 'flag', group: 'Service', help: 'Show what install or uninstall would do, and do nothing' },
  force: {
    type: 'flag',
    group: 'Service',
    help: 'Also replace or remove files that dbsync did not write, or that were changed since',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
