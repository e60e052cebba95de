import type { ErrorCode } from '@dbsync/core/contract';

/** The error codes of every SQL sink. */
export const errorCodes = {
  SQL_AUDIT_MISSING: {
    what: 'The table sync_audit is missing, and the account of dbsync may not create it. Acts of operators are carried out without a note in the audit.',
    normal: 'After an update of dbsync, where the account may no longer create tables.',
    remedy: 'Start dbsync once with an account that may create tables, or grant the right for one start.',
    exit: null,
  },
  SQL_LOAD_CONTINUED: {
    what: 'dbsync continues a first copy where an earlier run ended. It builds the keys at the end.',
    normal: 'After a restart in the middle of a first copy.',
    remedy: 'Nothing to do.',
    exit: null,
  },
  SQL_STATE_UNREADABLE: {
    what: 'The counters of a campaign in sync_state, or the version in sync_columns, are no numbers from which dbsync can continue: another program has changed them.',
    normal: null,
    remedy: 'Stop all daemons of the campaign, and run the statement of the message. No row is lost by it.',
    exit: 3,
  },
  SQL_FENCED: {
    what: 'Another process has taken over the campaign, so this one may not write any more. No part of the refused write was stored.',
    normal: 'When a machine was frozen for longer than the lease, and a standby took over.',
    remedy: 'Nothing to do: this process reads everything again, or stands by.',
    exit: 3,
  },
  SQL_SET_BACK: {
    what: 'The database has an earlier state than the last one that this process wrote. No part of the refused write was stored.',
    normal: 'When the database was restored from a backup, or a replica took over that lacked the last writes.',
    remedy: 'Nothing to do: dbsync claims the campaign again and reads everything from the restored progress on.',
    exit: 3,
  },
  SQL_SERVER_FOREIGN: {
    what: 'The server at the address of the database is of another kind than the scheme of --url says.',
    normal: null,
    remedy:
      'Correct the scheme, the host or the port of --url, as the message says: 5432 is usually PostgreSQL, 3306 MySQL or MariaDB, 1433 SQL Server.',
    exit: 2,
  },
  SQL_CONNECTIONS_FEW: {
    what: 'The campaigns of the file may open more connections to the database server than it allows. When it refuses one, the campaign waits and tries again.',
    normal: null,
    remedy:
      'Raise the limit that the message names (max_connections of the server, CONNECTION LIMIT of the role or the database, max_user_connections), or lower shared-connections in the file. On MySQL and MariaDB, campaigns share connections only where the file has shared-connections: give it, such as 16.',
    exit: null,
  },
  SQL_COPY_MISSING: {
    what: 'A command that reads a copy found none in the database. It makes no table.',
    normal: null,
    remedy: 'Check --url and --table-prefix: they must be those of the copy. dbsync --mode db_init makes one.',
    exit: 2,
  },
  SQL_VIEW_FOREIGN: {
    what: 'The database has an object of another program under the name of a view that dbsync was asked to install. No view was made.',
    normal:
      'On MariaDB and MySQL after the restore of a backup that is older than the views: they stay, and dbsync no longer knows that it made them. Drop them then.',
    remedy: 'Rename or drop the object that the message names, then give dbsync views install again.',
    exit: 2,
  },
  SQL_VIEW_OUTDATED: {
    what: 'A view for reports could not be brought up to date after a change of the tables. The copy goes on; the view stays as it was.',
    normal: 'For some minutes, while reports hold a lock on the view.',
    remedy: 'Do what the message says: often another view uses this one. Or drop the views with dbsync views drop.',
    exit: null,
  },
  SQL_ZONE_UNKNOWN: {
    what: 'The value of --time-zone is no time zone that Node.js knows.',
    normal: null,
    remedy: 'Give the IANA name of a zone, such as Europe/Madrid or America/Bogota.',
    exit: 2,
  },
  SQL_NOT_ENCRYPTED: {
    what: 'The connection to the database leaves this machine and is not encrypted: the network can read all data, and often the password.',
    normal: 'In a network that only you can reach.',
    remedy:
      'Leave sslmode=disable (PostgreSQL), ssl-mode=DISABLED (MySQL, MariaDB) or encrypt=disable (SQL Server) out of --url; see docs/databases.md.',
    exit: null,
  },
  SQL_SERVER_UNPROVEN: {
    what: 'The connection to the database is encrypted, but the certificate is not checked, so any server may be at its other end.',
    normal: 'In a network that only you can reach.',
    remedy:
      'Give the authority of the server certificate, and leave sslmode=no-verify (PostgreSQL), ssl-mode=REQUIRED (MySQL, MariaDB) or TrustServerCertificate=true (SQL Server) out of --url; see docs/databases.md.',
    exit: null,
  },
  SQL_CALLED_OFF: {
    what: 'A call to the database was aborted before it had ended.',
    normal: 'When dbsync stops, or a call has taken too long.',
    remedy: 'Nothing to do.',
    exit: 1,
  },
  SQL_NOT_OPEN: {
    what: 'A call came before the sink was open, or after it was closed.',
    normal: null,
    remedy: 'This is a fault of the program that uses the sink: report it.',
    exit: 1,
  },
  SQL_PREFIX_INVALID: {
    what: 'The table prefix has characters that a table name cannot have.',
    normal: null,
    remedy: 'Give --table-prefix up to 38 letters, digits, and _ $ -.',
    exit: 2,
  },
  SQL_OTHER_PREFIX: {
    what: 'The database has tables of an earlier client under another prefix, and none under this one.',
    normal: 'On the first start after the earlier client, whose default prefix was another.',
    remedy: 'Give the --tp that the message names to go on with those tables.',
    exit: 2,
  },
  SQL_ID_REFUSED: {
    what: 'An id is too long for its column, or has characters that the database cannot keep; so the contact is a dead letter.',
    normal: null,
    remedy: 'Look at it with dead-letters show, and report it to the API operator.',
    exit: 1,
  },
  SQL_ID_TAKEN: {
    what: 'Two contacts have a record of one id. Each keeps its own: the newcomer is stored under a derived id, the original in its $overflow.',
    normal: 'For connections that the API reports with two contacts.',
    remedy: 'Nothing to do.',
    exit: null,
  },
  SQL_OWNER_CHANGED: {
    what: 'Two campaigns that are copied into the same tables name the same contact or the same inbound call. A contact goes to the campaign that its newest answer names, once: the campaign that had it before does not take it back, so two campaigns never write a row in turns. An inbound call stays with the campaign that wrote it first. The record of the other campaign becomes a dead letter.',
    normal: 'When a contact is moved from one campaign to another.',
    remedy:
      'Nothing to do when a contact was moved. When it was moved back, set the $sync of its row to NULL and replay the dead letter: the contact then goes to the campaign of the dead letter. If both campaigns keep the contact, copy one of them with another --table-prefix.',
    exit: 1,
  },
  SQL_CHILDREN_VANISHED: {
    what: 'A newer body of a contact lacks records that an earlier one had. Their rows stay, since a short body may come from a lagging server of the API.',
    normal: 'When records are deleted in the campaign, and for rows from before the filter became narrower.',
    remedy: 'Nothing to do. Delete the rows yourself if you do not want them.',
    exit: null,
  },
  SQL_HEARTBEATS_MISSING: {
    what: 'The table sync_heartbeats is missing, and this account may not make it. The copy works as before; dbsync status does not know the last cycle.',
    normal: 'Under a separate writer account, after an upgrade, until the owner has started dbsync once.',
    remedy:
      'Start dbsync once with an account that may create tables, and give the writer its rights on the table: see docs/databases.md.',
    exit: null,
  },
  SQL_PARENT_MOVED: {
    what: 'A table of the copy was renamed, or moved to another schema, and the foreign key of the table below it followed it. That key would refuse every row of a new contact. dbsync drops the key, makes the table again under its name, and fills it. The renamed table stays as it is.',
    normal: null,
    remedy:
      'Nothing to do. To use the old table again: stop dbsync, drop the new table and give the old one its name back. If dbsync stops with this code, it may not drop the key: run the statement of the message with an account that may drop it, and start dbsync again.',
    exit: 3,
  },
  SQL_ROWS_DROPPED: {
    what: 'A trigger of another program prevents inserts or changes of rows in a table, without an error. All other rows are written. The message gives the number of prevented rows, and comes again each time that this number has doubled.',
    normal: 'Where the trigger is meant to keep some rows out.',
    remedy:
      'If the trigger is meant to do this, there is nothing to do; each complete listing fetches the contacts of missing rows again. Otherwise drop the trigger that the message names. Missing rows then come with the next complete listing or with db_init, and db_init --again writes all other rows.',
    exit: null,
  },
  SQL_ROWS_LOST: {
    what: 'A table or a column that held data is gone, or a table was emptied. dbsync makes it again and fetches all contacts and inbound calls of each campaign of these tables again.',
    normal: null,
    remedy: 'Nothing to do. If you did not do it, find out which program dropped or emptied what the message names.',
    exit: 1,
  },
  SQL_PROGRESS_UNREADABLE: {
    what: 'The progress of a campaign in sync_state cannot be read, so it counts as lost: all contacts and inbound calls are listed again, and those that differ are fetched.',
    normal: null,
    remedy: 'Nothing to do. Find out which program writes into sync_state.',
    exit: null,
  },
  SQL_TABLES_MISSING: {
    what: 'The tables, or columns that every row needs, are missing.',
    normal: null,
    remedy:
      'Start db_init or db_sync, which create them. A running daemon makes tables again that were dropped or renamed; it ends with this code only where that did not help three times.',
    exit: 3,
  },
  SQL_TABLES_UNSETTLED: {
    what: 'The tables changed again and again during a write. No part of the write was stored; it is repeated.',
    normal: 'For a moment, when several campaigns get new fields at the same time.',
    remedy: 'If it stays, find the program that alters the tables.',
    exit: 1,
  },
  SQL_CHANGE_DEFERRED: {
    what: 'A column, a wider type or an index could not be made: the table was locked, the database user may not change it, or an object of another program, such as a view, uses the column. All other changes are made and all rows are written; values that do not fit go to $overflow until then.',
    normal: 'When long reports read the tables, and where reports are built on tables of an earlier client.',
    remedy:
      'For a lock there is nothing to do: dbsync tries again every few minutes, and reports when the column is changed. Otherwise you may leave the column as it is. Or save the definition of the object that the message names, for example with pg_dump, SHOW CREATE VIEW or SHOW CREATE TABLE. Then run the statements of the message, which delete the object, and make it again when dbsync reports the change. While a policy or a trigger is deleted, it protects nothing, so stop its users first.',
    exit: null,
  },
  SQL_TRIGGER_FAILED: {
    what: 'A trigger or a function that dbsync did not make failed while dbsync wrote: a table, a column or a right that it needs is missing.',
    normal: null,
    remedy:
      'Correct the trigger or function that the message names, or drop the trigger. Then start dbsync again: it continues where it was.',
    exit: 3,
  },
  SQL_KEY_LEFT_OUT: {
    what: 'A key, an index or a foreign key could not be built at the end of a first copy: the database user may not, or rows of another program stand in its way. All rows are there, and later changes are written.',
    normal: null,
    remedy:
      'For a key or an index: correct what the message names; dbsync tries again at each start and every few minutes. For a foreign key: delete the rows that the message names, and add the key yourself, or leave it out.',
    exit: null,
  },
  SQL_INDEX_NOT_BUILT: {
    what: 'Indexes for reports could not be built: the database user may not, the disk is full, the table was locked or is partitioned, or a row has a longer text than an index takes. All rows are written; only reports are slower.',
    normal: 'For a user that may not change the tables, and while long reports read them.',
    remedy:
      'For a lock there is nothing to do: dbsync tries again after five minutes, and later at longer intervals. If the disk is full, make room. Otherwise let the owner of the tables run the statements of the message. With --report-indexes false dbsync builds no indexes.',
    exit: null,
  },
  SQL_KEY_DUPLICATED: {
    what: 'A table of an earlier client has several rows of one id, so it cannot get the unique key that dbsync needs.',
    normal: null,
    remedy: 'Delete the duplicates that the message names, or give another --table-prefix for a new copy.',
    exit: 3,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
