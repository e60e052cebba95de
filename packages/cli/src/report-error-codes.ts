import type { ErrorCode } from '@dbsync/core/contract';

/** The error codes of the commands for reports. */
export const reportErrorCodes = {
  CLI_VIEWS_UNFIT: {
    what: 'The sink makes no views for reports.',
    normal: 'For a target that is no SQL database.',
    remedy: 'Use dbsync views with a PostgreSQL, MySQL, MariaDB, SQL Server or SQLite database.',
    exit: 2,
  },
  CLI_REPORT_UNFIT: {
    what: 'The sink cannot count calls, so dbsync report has no figures.',
    normal: 'For a target that is no SQL database, and for a sink that was made for an earlier release.',
    remedy: 'Use dbsync report with a PostgreSQL, MySQL, MariaDB, SQL Server or SQLite database.',
    exit: 2,
  },
  CLI_REPORT_UNWRITABLE: {
    what: 'The page of dbsync report cannot be written. Nothing was changed: an earlier page is as it was.',
    normal: null,
    remedy:
      'Name a new file or an earlier report by --html, in a folder to which you may write. dbsync replaces no other file, and follows no link.',
    exit: 3,
  },
} as const satisfies Record<string, ErrorCode>;
