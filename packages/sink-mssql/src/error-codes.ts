import type { ErrorCodes } from '@dbsync/core/contract';

/** The error codes of the SQL Server sink. */
export const errorCodes = {
  MSSQL_OPTION_INVALID: {
    what: 'The parameters of the SQL Server address contradict each other, or name a file that cannot be read.',
    normal: null,
    remedy: 'Correct the parameter that the message names.',
    exit: 2,
  },
  MSSQL_UNREACHABLE: {
    what: 'No connection to SQL Server: refused, timed out, the host or the instance is unknown, or the database is not open yet.',
    normal:
      'For minutes, while the server restarts or fails over, or the network is down. dbsync waits and then continues without a gap.',
    remedy:
      'Check host and port of the address, that TCP/IP is enabled on the server, and the firewall. For a named instance without a port, the SQL Server Browser must run, and the firewall must allow UDP port 1434. It is simpler to give the port.',
    exit: 3,
  },
  MSSQL_CONNECTION_LOST: {
    what: 'A connection to SQL Server broke, or the server ended it.',
    normal:
      'When the server restarts or fails over. dbsync connects again, checks which writes were committed, and continues.',
    remedy: 'If it stays, look into the log of the server, and at limits of firewalls and gateways between.',
    exit: 1,
  },
  MSSQL_ABORTED: {
    what: 'dbsync ended its own call to SQL Server, because it stops or because the call took too long.',
    normal: 'When dbsync is stopped.',
    remedy: 'Nothing, unless it happens while dbsync should run on.',
    exit: 1,
  },
  MSSQL_TLS_FAILED: {
    what: 'The encrypted connection to SQL Server failed: no TLS on the server, or a certificate that cannot be verified.',
    normal: null,
    remedy:
      'Give the authority that signed the certificate as certificate=FILE, and the name in it as hostNameInCertificate. TrustServerCertificate=true encrypts without verifying the server. In a network that you trust, encrypt=disable turns encryption off.',
    exit: 3,
  },
  MSSQL_PASSWORD_READABLE: {
    what: 'The login to a SQL Server of this machine sends its password without encryption: TDS only obscures it. Another program of this machine that listens in the place of the server, such as while it is stopped, gets the password.',
    normal: 'With addresses of this machine that do not say whether to encrypt.',
    remedy:
      'Give encrypt=true&certificate=FILE, so that only the right server gets the password. Or give encrypt=disable, which says that you trust all programs of this machine.',
    exit: null,
  },
  MSSQL_LOGIN_REFUSED: {
    what: 'SQL Server refused the login: wrong user or password, a login that is locked, disabled or has expired, or an address that its firewall blocks.',
    normal: null,
    remedy:
      'Check user and password of the address, that the server allows SQL Server logins (mixed mode), and the firewall rules of Azure. The log of the server tells the reason.',
    exit: 3,
  },
  MSSQL_DATABASE_MISSING: {
    what: 'The server has no database of that name, or the login may not open it.',
    normal: null,
    remedy: 'Run the statements that the message shows, or correct the name in the address.',
    exit: 3,
  },
  MSSQL_PRIVILEGE_MISSING: {
    what: 'The user lacks a right that dbsync needs.',
    normal: null,
    remedy: 'Run the statements that the message shows as the owner of the database.',
    exit: 3,
  },
  MSSQL_READ_ONLY: {
    what: 'The server takes no writes: the database is read-only, or the server is a secondary replica.',
    normal: 'For seconds, during a failover.',
    remedy: 'Name the primary or the listener in the address, or run ALTER DATABASE ... SET READ_WRITE.',
    exit: 3,
  },
  MSSQL_BUSY: {
    what: 'Another session was in the way: a lock, a deadlock, or a limit of the server or of the Azure tier.',
    normal: 'Now and then, when other programs use the same tables. dbsync repeats the write.',
    remedy:
      'If it stays, look for long transactions on the tables of dbsync (sp_who2); let readers not block writers: ALTER DATABASE ... SET READ_COMMITTED_SNAPSHOT ON; or take a larger tier.',
    exit: 1,
  },
  MSSQL_FULL: {
    what: 'The server has no room left: disk, transaction log, memory, or the size that the Azure tier allows.',
    normal: null,
    remedy:
      'Make room on the server; for a full log, back it up or look at log_reuse_wait_desc in sys.databases. dbsync waits and then continues without a gap.',
    exit: 3,
  },
  MSSQL_SCHEMA_CHANGED: {
    what: 'A table or a column is not as dbsync left it, or something depends on a column that has to change.',
    normal: 'Once, after a table or a column of the copy was changed or dropped.',
    remedy:
      'Start dbsync again: it makes missing parts. Do not drop columns that dbsync fills. If the message names a constraint, a view or an index, drop it.',
    exit: 3,
  },
  MSSQL_ROW_REFUSED: {
    what: 'SQL Server refused a row: a constraint or a trigger of the tables, or a row larger than a page.',
    normal: null,
    remedy: 'The dead letter quotes SQL Server; drop the constraint or trigger that dbsync did not make.',
    exit: 1,
  },
  MSSQL_FAILED: {
    what: 'SQL Server reported an error that dbsync does not expect.',
    normal: null,
    remedy: 'Look the number of the message up in sys.messages, and into the log of the server.',
    exit: 1,
  },
} as const satisfies ErrorCodes;
