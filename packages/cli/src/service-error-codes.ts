import type { ErrorCode } from '@dbsync/core/contract';

/** The error codes of dbsync as a service of the system. */
export const serviceErrorCodes = {
  CLI_SERVICE_FOREIGN: {
    what: 'A file that dbsync service would write or remove is not as dbsync wrote it: it has another origin, or was changed since.',
    normal: 'After you changed a unit by hand.',
    remedy:
      'Move your changes to a drop-in (systemctl edit) and your options to the .env file. Or give --force: dbsync then replaces the file, and the changes in it are lost.',
    exit: 2,
  },
  CLI_SERVICE_UNFIT: {
    what: 'The service cannot be made with these options, or by this installation of dbsync.',
    normal: null,
    remedy: 'Do as the message says. dbsync service print shows what would be written.',
    exit: 2,
  },
  CLI_SERVICE_FAILED: {
    what: 'A file of the service could not be written or removed, or a command of the service manager failed. Steps before it are done.',
    normal: null,
    remedy:
      'Run it as root (as an administrator on Windows), correct what the message names, and call the command again.',
    exit: 3,
  },
  CLI_NOTIFY_FAILED: {
    what: 'dbsync runs as a service of systemd, and could not report to systemd that it works.',
    normal: null,
    remedy:
      'Check that /usr/bin/systemd-notify exists and that the unit has NotifyAccess=all. Without the reports systemd ends the process by its start limit or its watchdog; dbsync then continues where it was.',
    exit: null,
  },
} as const satisfies Record<string, ErrorCode>;
