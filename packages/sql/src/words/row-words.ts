import type { RowTable } from '@dbsync/core/contract';

/** The meaning of a table and of its columns, in sentences. {@link unitOf} returns units and zones. */
export interface TableWords {
  readonly means: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** The meaning of the time of the last write, in tables and views. */
export const CHANGED = 'Time at which dbsync last wrote the row. Increments read it with an overlap of 20 minutes.';
/** The meaning of the time of a contact's deletion, in its table and in views. */
export const DELETED =
  'Time of the daily listing that showed that the campaign has deleted the contact. NULL: the campaign has it.';
const OVERFLOW =
  'JSON with the values of the row that have no column, or that their column cannot hold exactly. NULL: there are none.';
const CAMPAIGN = 'Id of the campaign of the contact, as it was when the row was last written.';
const USER = 'Name of the agent. On PostgreSQL write "user": without quotes that word is the account of the session.';

/** The words of the five tables of rows. */
export const ROW_WORDS: Readonly<Record<RowTable, TableWords>> = {
  contacts: {
    means: 'One row for each contact of a campaign.',
    columns: {
      $id: 'Id of the contact.',
      $md5: 'Digest of the contact in the API. It changes with anything of the contact, its transactions among that.',
      $ref: "Reference of the contact in the customer's own system.",
      $version: 'Version of the contact: a text without order.',
      $campaign_id: 'Id of the campaign.',
      $task_id: 'Id of the task that the contact is in.',
      $task: 'Name of the task that the contact is in.',
      $status: 'Status of the contact.',
      $status_detail: 'Detail of the status. Details of the API itself begin with a dollar sign.',
      $created_date: 'Time at which the contact was made.',
      $entry_date: 'Time at which the contact came to where it is now.',
      $owner: 'Agent that the contact is assigned to.',
      $follow_up_date: 'Time of the next follow-up. NULL: none is planned.',
      $phone: 'Phone number of the contact.',
      $timezone: 'Time zone of the contact, such as Europe/Berlin.',
      $caller_id: 'Number that the contact sees at a call.',
      $source: 'Origin of the contact, such as the name of an import.',
      $comment: 'Comment on the contact.',
      $error: 'Error about the contact.',
      $recording: 'Recording that belongs to the contact itself.',
      $recording_url: 'Address of that recording.',
      $changed: CHANGED,
      $sync:
        'Proof of dbsync that the contact is whole. Set it to NULL to have the contact fetched again; else leave it.',
      $overflow: OVERFLOW,
      $deleted_at: DELETED,
    },
  },
  transactions: {
    means: 'One row for each step of a contact: the work of an agent, of the dialer or of a rule.',
    columns: {
      id: 'Id of the transaction, made by dbsync from the contact and the time: the API gives none.',
      contact_id: 'Contact of the transaction.',
      task_id: 'Id of the task in which it happened.',
      task: 'Name of the task in which it happened.',
      status: 'Status that the contact got.',
      status_detail: 'Detail of that status. Details of the API itself begin with a dollar sign.',
      fired: 'Time at which the transaction happened. Two transactions of a contact may have the same one.',
      pause_time_sec: 'Pause of the agent before it.',
      edit_time_sec: 'Time in which the agent worked on the contact.',
      wrapup_time_sec: 'Wrap-up time of the agent after the call.',
      user: USER,
      user_loginName: 'Login of the agent.',
      user_branch: 'Branch of the agent.',
      user_tenantAlias: 'Tenant of the agent.',
      actor: 'Kind of the one who did it.',
      type: 'Kind of the transaction.',
      result: 'Result of the call.',
      trigger: 'Cause of the transaction.',
      isHI: 'True where a person did it (human interaction).',
      revoked: 'True where the transaction was taken back.',
      sequence_nr: 'Number of the transaction, which orders those of a contact that have the same time.',
      wait_time_sec: 'Time in which the agent waited before it.',
      entry_date: 'Time at which the contact came to where it was at the transaction.',
      created_date: 'Time at which the transaction was made.',
      version: 'Version of the contact after the transaction: a text without order.',
      ref: "Reference of the contact in the customer's own system, at the transaction.",
      phone: 'Phone number of the contact at the transaction.',
      timezone: 'Time zone of the contact at the transaction, such as Europe/Berlin.',
      data: 'JSON with the values of custom fields that the transaction set.',
      campaign_id: CAMPAIGN,
      $changed: CHANGED,
      $overflow: OVERFLOW,
    },
  },
  connections: {
    means: 'One row for each telephone connection of a transaction, transfers and third parties among them.',
    columns: {
      id: 'Id of the connection.',
      parent_connection_id:
        'Connection that it was joined to, for a third party or a transfer. NULL: it is a call of its own.',
      transfer_target_address: 'Address that a transfer went to.',
      call_uuid: 'Id of the call in the telephone system.',
      global_call_uuid: 'Id of the call across telephone systems.',
      transaction_id: 'Transaction of the connection.',
      task_id: 'Id of the task of the call.',
      contact_id: 'Contact of the connection.',
      phone: 'Number that was dialed.',
      user: USER,
      actor: 'Kind of the one who called.',
      hangup_party: 'Party that hung up.',
      isThirdPartyConnection: 'True for the connection of a third party.',
      dialerdomain: 'Domain of the dialer.',
      fired: 'Time of the event of the connection.',
      started: 'Time at which the call was started.',
      initiated: 'Time at which the connection was initiated.',
      connected: 'Time at which the call was answered. NULL: it was not answered.',
      disconnected: 'Time at which the call ended. NULL: it is still on.',
      ended: 'Time at which the connection was over.',
      duration: 'Length of the connection.',
      remote_number: 'Number of the other side.',
      line_number: "Number of the campaign's line.",
      technology: 'Way of the connection.',
      result: 'Result of the connection.',
      code: 'Answer code of the telephone system (SIP).',
      call_initiated: 'Time at which the call as a whole was initiated.',
      call_connected: 'Time at which the call as a whole was answered.',
      call_disconnected: 'Time at which the call as a whole ended.',
      campaign_id: CAMPAIGN,
      $changed: CHANGED,
      $overflow: OVERFLOW,
    },
  },
  recordings: {
    means: 'One row for each recording of a connection.',
    columns: {
      id: 'Id of the recording, made by dbsync from the connection and the location: the API gives none.',
      contact_id: 'Contact of the recording.',
      connection_id: 'Connection that was recorded.',
      started: 'Time at which the recording began.',
      stopped: 'Time at which the recording ended.',
      filename: 'Name of the file.',
      location: 'Address of the file. NULL: the API has none yet.',
      callnumber: 'Number of the call in the recording system.',
      $changed: CHANGED,
      $overflow: OVERFLOW,
    },
  },
  inbound_calls: {
    means: "One row for each call that came in on one of the campaign's lines.",
    columns: {
      id: 'Id of the call.',
      line_id: 'Id of the line.',
      campaign_id: 'Id of the campaign.',
      task_id: 'Id of the task that the call went to.',
      task_name: 'Name of the task that the call went to.',
      contact_id: 'Contact that the call was matched with. It may be empty, and it may name a contact that has no row.',
      remote_number: 'Number of the caller.',
      line_number: 'Number that was called.',
      started: 'Time at which the call came in.',
      connected: 'Time at which an agent answered. NULL: none did.',
      disconnected: 'Time at which the call ended. NULL: it is still on.',
      user: USER,
      state: 'State of the call.',
      connectable_time: 'Time from which the call could be given to an agent.',
      disposition: 'Place where the call went.',
      dispatch_error: 'True where the call could not be given to an agent.',
      $changed: CHANGED,
      $overflow: OVERFLOW,
    },
  },
};
