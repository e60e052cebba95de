import type { SyncTables } from '../engine/sync-tables.js';
import type { TableWords } from './row-words.js';

const STREAM = 'Campaign, as the id of its stream.';

/** The words of dbsync's own tables. Other programs may read these tables, and must not change them. */
export const SYNC_WORDS: Readonly<Record<keyof SyncTables, TableWords>> = {
  sync_state: {
    means: 'State of dbsync: one row for each campaign, with its claim and its progress.',
    columns: {
      stream: STREAM,
      epoch: 'Number of the claim. Each new claim has a higher one.',
      holder: 'Process that has the claim. NULL: none has it.',
      plan: 'Plan of the copy: the options that its rows depend on.',
      process: 'JSON about the process that has the claim.',
      lease_until: 'End of the lease.',
      writes: 'Number of claims, renewals and writes so far.',
      progress: 'JSON with the marks up to which the campaign was copied. NULL: there is no progress yet.',
    },
  },
  sync_columns: {
    means:
      'Columns of custom fields: one row for each. The row with an empty table name has the version of the list; rows of the table view name views.',
    columns: {
      table_name: 'Table, without the prefix. Empty: the row of the version.',
      field_key: "Digest of the field's name.",
      field: "Name of the field, as a text of JSON. It is the field's name in the API.",
      column_name: 'Name of the column.',
      folded: 'Name of the column as the strictest database compares names.',
      filled: '1: values that came before the column have been moved into it. 0: not yet.',
      version: 'Version of the list, in the row of the version.',
    },
  },
  sync_requests: {
    means: 'Mailbox: the requests of commands to the process that has the claim.',
    columns: {
      stream: STREAM,
      request_key: 'Key of the request.',
      posted_at: 'Time of the request.',
      body: 'JSON of the request.',
    },
  },
  dead_letters: {
    means: 'Dead letters: records that could not be written, each with its reason.',
    columns: {
      stream: STREAM,
      letter_key: 'Key of the dead letter.',
      kind: 'Kind of the record.',
      contact_key: "Digest of the contact's id. Empty: there is no contact.",
      contact_id: 'Contact of the record.',
      md5: 'Digest of the record in the API.',
      code: 'Code of the error: docs/errors.md explains each.',
      reason: 'Reason in words.',
      body: 'JSON of the whole record.',
      first_seen_at: 'Time at which it was set aside first.',
      attempts: 'Number of attempts.',
      $overflow: 'JSON with the values of the row that their column cannot hold exactly. NULL: there are none.',
    },
  },
  sync_forgotten: {
    means: 'Contacts that dbsync forget removed, and that are kept out from then on.',
    columns: {
      contact_hash: "Hash of the contact's id and the salt. The id itself is not kept.",
      salt: 'Salt of the hash.',
      forgotten_at: 'Time of the command.',
      erased: 'JSON with the number of removed rows of each table. NULL: they have not been removed yet.',
    },
  },
  sync_audit: {
    means: 'Acts of operators, such as replay, drop and forget. Rows are only added.',
    columns: {
      act_id: 'Random id of the act.',
      stream: STREAM,
      acted_at: 'Time of the act.',
      database_user: 'Account that the command logged in with.',
      os_user: 'User of the operating system who ran the command.',
      host: 'Name of the machine on which it ran.',
      act: 'Name of the act.',
      subject: "JSON of the act's subject.",
    },
  },
  sync_missing: {
    means: 'Contacts that complete listings of the campaign did not have, for --mirror-deletions.',
    columns: {
      stream: STREAM,
      contact_id: 'Contact that was missing.',
      note: 'JSON about the listings without it.',
    },
  },
  sync_heartbeats: {
    means: 'Last heartbeat of each campaign, for dbsync status.',
    columns: {
      stream: STREAM,
      holder: 'Process that wrote it.',
      kept_at: 'Time of the heartbeat.',
      body: 'JSON about the last cycle.',
    },
  },
};
