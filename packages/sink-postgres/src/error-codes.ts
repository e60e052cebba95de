import type { ErrorCodes } from '@dbsync/core/contract';

/** The error codes of the PostgreSQL sink. */
export const errorCodes = {
  POSTGRES_OPTION_INVALID: {
    what: 'The parameters of the PostgreSQL address contradict each other, or name a file that cannot be read.',
    normal: null,
    remedy: 'Correct the parameter that the message names.',
    exit: 2,
  },
  POSTGRES_SSLMODE_STRICTER: {
    what: 'The address has sslmode=prefer or sslmode=allow, which dbsync takes as require: it never falls back to plain text.',
    normal: 'With addresses of other programs.',
    remedy: 'Nothing, where the server encrypts. Else give sslmode=disable in a network that you trust.',
    exit: null,
  },
  POSTGRES_UNREACHABLE: {
    what: 'No connection to PostgreSQL: refused, timed out, or the host is unknown.',
    normal:
      'For minutes, while the server restarts or the network is down. dbsync waits and then continues without a gap.',
    remedy: 'Check host and port of the address, that the server runs and listens there, and the firewall.',
    exit: 3,
  },
  POSTGRES_CONNECTION_LOST: {
    what: 'A connection to PostgreSQL broke while it was in use.',
    normal:
      'When the server restarts or fails over. dbsync connects again, checks which writes were committed, and continues.',
    remedy: 'If it stays, look into the log of the server, and at limits of proxies between.',
    exit: 1,
  },
  POSTGRES_ABORTED: {
    what: 'dbsync ended its own call to PostgreSQL, because it stops or because the call took too long.',
    normal: 'When dbsync is stopped.',
    remedy: 'Nothing, unless it happens while dbsync should run on.',
    exit: 1,
  },
  POSTGRES_TLS_FAILED: {
    what: 'The encrypted connection to PostgreSQL failed: no TLS on the server, or a certificate that cannot be verified.',
    normal: null,
    remedy:
      'Give the authority that signed the certificate as sslrootcert=FILE, and write the host in the address as the certificate names it. In a network that you trust, sslmode=disable turns encryption off.',
    exit: 3,
  },
  POSTGRES_LOGIN_REFUSED: {
    what: 'PostgreSQL refused the login: wrong user or password, or pg_hba.conf has no line for it. Or dbsync refused it: the server asked for the password in clear text over a connection that any program on the way could read or answer.',
    normal: null,
    remedy:
      'Check user and password of the address, and pg_hba.conf of the server for this host, user and database. If the server asks for the password in clear text, do one of these: set scram-sha-256 in pg_hba.conf; give host=DIRECTORY of a unix socket; give sslmode=verify-full&sslrootcert=FILE; or give require_auth=password, and dbsync sends the password nevertheless.',
    exit: 3,
  },
  POSTGRES_DATABASE_MISSING: {
    what: 'The server has no database of that name.',
    normal: null,
    remedy: 'Create it with the statement that the message shows, or correct the name in the address.',
    exit: 3,
  },
  POSTGRES_ENCODING_UNFIT: {
    what: 'The database does not store Unicode, so texts would not fit into it.',
    normal: null,
    remedy: 'Create a database with the statement that the message shows, and copy into that.',
    exit: 3,
  },
  POSTGRES_POOLER_UNFIT: {
    what: 'A pooler in transaction or statement mode stands before the server, such as pgbouncer: temporary tables and settings of a session do not last behind it.',
    normal: null,
    remedy:
      'Name the server itself in the address, or a pooler in session mode. Supabase has it under port 5432 instead of 6543, Neon under the host without -pooler.',
    exit: 3,
  },
  POSTGRES_SCHEMA_MISSING: {
    what: 'No schema of the search path exists, or the account may use none of them, so there is no place for the tables.',
    normal: null,
    remedy: 'Run the statement that the message shows, or name another schema as search_path.',
    exit: 3,
  },
  POSTGRES_PRIVILEGE_MISSING: {
    what: 'The user lacks a right that dbsync needs.',
    normal: null,
    remedy:
      'Run the statements that the message shows as the owner of the database and of its tables, or as an administrator of the server.',
    exit: 3,
  },
  POSTGRES_READ_ONLY: {
    what: 'The server takes no writes: it is a standby, or its transactions are read-only.',
    normal: 'For seconds, during a failover.',
    remedy: 'Name the primary in the address, or set default_transaction_read_only to off.',
    exit: 3,
  },
  POSTGRES_BUSY: {
    what: 'Another session was in the way: a lock, a deadlock, a time limit, or no free connection.',
    normal: 'Now and then, when other programs use the same tables. dbsync repeats the write.',
    remedy:
      'If it stays, look into pg_stat_activity for long transactions on the tables of dbsync, and at max_connections.',
    exit: 1,
  },
  POSTGRES_FULL: {
    what: 'The server has no room left: disk or memory.',
    normal: null,
    remedy: 'Make room on the server. dbsync waits and then continues without a gap.',
    exit: 3,
  },
  POSTGRES_SCHEMA_CHANGED: {
    what: 'A table or a column is not as dbsync left it.',
    normal: 'Once, after a table or a column of the copy was changed or dropped.',
    remedy:
      'Start dbsync again: it makes missing parts. Columns that dbsync fills must not be dropped, and no view may have the name of a table.',
    exit: 3,
  },
  POSTGRES_ROW_REFUSED: {
    what: 'PostgreSQL refused a row: a constraint or a trigger of the tables, or a row larger than a page can point to.',
    normal: null,
    remedy: 'The dead letter quotes PostgreSQL; drop the constraint or trigger that dbsync did not make.',
    exit: 1,
  },
  POSTGRES_FAILED: {
    what: 'PostgreSQL reported an error that dbsync does not expect.',
    normal: null,
    remedy:
      'Look the SQLSTATE of the message up in the appendix of the PostgreSQL manual, and into the log of the server.',
    exit: 1,
  },
} as const satisfies ErrorCodes;
