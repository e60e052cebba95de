import type { ErrorCodes } from '@dbsync/core/contract';

/** The error codes of the MySQL sink. */
export const errorCodes = {
  MYSQL_OPTION_INVALID: {
    what: 'The parameters of the MySQL address contradict each other, name no database, or name a file that cannot be read.',
    normal: null,
    remedy: 'Correct the parameter that the message names.',
    exit: 2,
  },
  MYSQL_SSL_MODE_STRICTER: {
    what: 'The address has ssl-mode=PREFERRED, which dbsync takes as REQUIRED: it never falls back to plain text.',
    normal: 'With addresses of other programs.',
    remedy: 'Nothing, where the server encrypts. Else give ssl-mode=DISABLED in a network that you trust.',
    exit: null,
  },
  MYSQL_UNREACHABLE: {
    what: 'No connection to the server: refused, timed out, or the host is unknown.',
    normal:
      'For minutes, while the server restarts or the network is down. dbsync waits and then continues without a gap.',
    remedy: 'Check host and port of the address, that the server runs and listens there, and the firewall.',
    exit: 3,
  },
  MYSQL_CONNECTION_LOST: {
    what: 'A connection to the server broke while it was in use.',
    normal:
      'When the server restarts or fails over. dbsync connects again, checks which writes were committed, and continues.',
    remedy: 'If it stays, look into the log of the server, and at limits of proxies between.',
    exit: 1,
  },
  MYSQL_ABORTED: {
    what: 'dbsync ended its own call to the server, because it stops or because the call took too long.',
    normal: 'When dbsync is stopped.',
    remedy: 'Nothing, unless it happens while dbsync should run on.',
    exit: 1,
  },
  MYSQL_TLS_FAILED: {
    what: 'The encrypted connection to the server failed: no TLS on the server, or a certificate that cannot be verified.',
    normal: null,
    remedy:
      'Give the authority that signed the certificate as ssl-ca=FILE, and write the host in the address as the certificate names it. In a network that you trust, ssl-mode=DISABLED turns encryption off.',
    exit: 3,
  },
  MYSQL_LOGIN_REFUSED: {
    what: 'The server refused the login: wrong user or password, or the user may not come from this host. Or dbsync refused it: the server asked for the password itself (caching_sha2_password, sha256_password) over a connection that any program on the way could read or answer, or asked for it in a way that dbsync does not know.',
    normal: null,
    remedy:
      'Check user and password of the address, and the host part of the account on the server. Where the server asks for the password itself, give socket=FILE, ssl-mode=VERIFY_CA&ssl-ca=FILE or server-public-key-path=FILE.',
    exit: 3,
  },
  MYSQL_LOGIN_REMEMBERED: {
    what: 'The login by caching_sha2_password succeeded without TLS because the server remembers the password. After a restart of the server it asks for the password itself, and dbsync does not send it.',
    normal: 'Without TLS, a unix socket or a known key of the server.',
    remedy:
      'Give socket=FILE, ssl-mode=VERIFY_CA&ssl-ca=FILE, or server-public-key-path=FILE with a copy of public_key.pem out of the data directory of the server.',
    exit: null,
  },
  MYSQL_DATABASE_MISSING: {
    what: 'The server has no database of that name.',
    normal: null,
    remedy: 'Create it with the statement that the message shows, or correct the name in the address.',
    exit: 3,
  },
  MYSQL_PRIVILEGE_MISSING: {
    what: 'The user lacks a right that dbsync needs.',
    normal: null,
    remedy: 'Run the statement that the message shows as an administrator of the server.',
    exit: 3,
  },
  MYSQL_READ_ONLY: {
    what: 'The server takes no writes: it is a replica, or it was set to read only.',
    normal: 'For seconds, during a failover.',
    remedy: 'Name the primary in the address, or run SET GLOBAL read_only = OFF.',
    exit: 3,
  },
  MYSQL_BUSY: {
    what: 'Another session was in the way: a lock, a deadlock, a time limit, or no free connection.',
    normal: 'Now and then, when other programs use the same tables. dbsync repeats the write.',
    remedy:
      'If it stays, look into SHOW FULL PROCESSLIST and SHOW ENGINE INNODB STATUS for long transactions on the tables of dbsync, and at max_connections.',
    exit: 1,
  },
  MYSQL_FULL: {
    what: 'The server has no room left: disk, tablespace or memory.',
    normal: null,
    remedy: 'Make room on the server. dbsync waits and then continues without a gap.',
    exit: 3,
  },
  MYSQL_SETTINGS_UNFIT: {
    what: 'A setting of the server keeps dbsync from writing.',
    normal: null,
    remedy: 'Change the setting that the message names.',
    exit: 3,
  },
  MYSQL_SCHEMA_CHANGED: {
    what: 'A table or a column is not as dbsync left it.',
    normal: 'Once, after a table or a column of the copy was changed or dropped.',
    remedy:
      'Start dbsync again: it makes missing parts. Columns that dbsync fills must not be dropped, and no view may have the name of a table.',
    exit: 3,
  },
  MYSQL_FOREIGN_KEY_IN_WAY: {
    what: 'A foreign key that dbsync did not make keeps a column from being changed.',
    normal: null,
    remedy:
      'Drop the foreign key that the message names (ALTER TABLE ... DROP FOREIGN KEY), start dbsync, and declare it again.',
    exit: 3,
  },
  MYSQL_REQUEST_TOO_LONG: {
    what: 'A request is longer than the server accepts.',
    normal: null,
    remedy: 'Raise max_allowed_packet on the server, to 64M for example.',
    exit: 1,
  },
  MYSQL_ROW_REFUSED: {
    what: 'The server refused a row: a constraint or a trigger of the tables, or a row that does not fit a page.',
    normal: null,
    remedy: 'The dead letter quotes the server; drop the constraint or trigger that dbsync did not make.',
    exit: 1,
  },
  MYSQL_FAILED: {
    what: 'The server reported an error that dbsync does not expect.',
    normal: null,
    remedy: "Look the number of the message up in the server's manual, and into the log of the server.",
    exit: 1,
  },
} as const satisfies ErrorCodes;
