import type { SqlSettings } from '../engine/sql-settings.js';
import { CHANGED, DELETED, type TableWords } from './row-words.js';

/** The names of the views, behind the prefix and `v_`. */
export type ViewName = 'calls' | 'inbound' | 'agents_by_hour' | 'contacts_now' | 'contacts_wide';

/** Returns the name that a view has in the database. */
export function viewName({ tablePrefix }: Pick<SqlSettings, 'tablePrefix'>, view: ViewName): string {
  return `${tablePrefix}v_${view}`;
}

const CALL_TIMES = {
  started_at: 'Time at which the call was started.',
  started_local: 'The same time in the call centre.',
  started_day: 'Day of that time.',
  started_hour: 'Hour of the day of that time, from 0 to 23.',
  connected_at: 'Time at which the call was answered. NULL: it was not answered.',
  ended_at: 'Time at which the call ended. NULL: it is still on.',
};
const RAW = 'Start of the call as the table has it, in the type of its column: a condition on it uses the index.';
const ONCE = 'Only one call of a transaction has it, so that a sum counts it once.';
const CONTACT = { contact_id: 'Contact.', campaign_id: 'Campaign.' };

/** The words of the views for reports. Custom fields in `contacts_wide` have the words of their columns. */
export const VIEW_WORDS: Readonly<Record<ViewName, TableWords>> = {
  calls: {
    means: 'One row for each connection, with its transaction and its contact.',
    columns: {
      call_id: 'Id of the connection.',
      parent_call_id: 'Call that it was joined to, for a third party or a transfer. NULL: it is a call of its own.',
      transaction_id: 'Transaction of the call.',
      ...CONTACT,
      task: 'Task of the transaction.',
      agent: 'Name of the agent. NULL: the dialer called.',
      agent_login: 'Login of the agent.',
      agent_branch: 'Branch of the agent.',
      remote_number: 'Number of the other side.',
      line_number: "Number of the campaign's line.",
      technology: 'Way of the connection.',
      ...CALL_TIMES,
      ring_sec: 'Time from the start to the answer. NULL: there was no answer.',
      talk_sec: 'Time from the answer to the end. NULL: there was no answer.',
      wait_sec: `Time in which the agent waited for the call. ${ONCE}`,
      edit_sec: `Time in which the agent worked on the contact. ${ONCE}`,
      pause_sec: `Pause of the agent before it. ${ONCE}`,
      wrapup_sec: `Wrap-up time of the agent. ${ONCE}`,
      call_result: 'Result of the connection.',
      outcome: 'Status that the contact got.',
      outcome_detail: 'Detail of that status.',
      hangup_party: 'Party that hung up.',
      recordings: 'Number of recordings.',
      recording: 'Name of the file of one recording.',
      recording_url: 'Address of one recording.',
      contact_phone: 'Phone number of the contact.',
      contact_status: 'Status that the contact has now.',
      contact_ref: "Reference of the contact in the customer's own system.",
      changed_at: CHANGED,
      started_raw: `${RAW} NULL: it has none, and started_at is the time of its event.`,
    },
  },
  inbound: {
    means: 'One row for each inbound call.',
    columns: {
      call_id: 'Id of the inbound call.',
      ...CONTACT,
      task: 'Task that the call went to.',
      agent: 'Name of the agent who answered. NULL: none did.',
      remote_number: 'Number of the caller.',
      line_number: 'Number that was called.',
      ...CALL_TIMES,
      wait_sec: 'Time from the start to the answer or, without one, to the end.',
      talk_sec: 'Time from the answer to the end. NULL: there was no answer.',
      answered: '1: an agent answered. 0: none did.',
      state: 'State of the call.',
      disposition: 'Place where the call went.',
      contact_phone: 'Phone number of the contact.',
      contact_status: 'Status that the contact has now.',
      changed_at: CHANGED,
      started_raw: RAW,
    },
  },
  agents_by_hour: {
    means: 'One row for each agent, campaign and local hour in which the agent worked.',
    columns: {
      agent: 'Name of the agent.',
      campaign_id: 'Campaign.',
      hour_local: 'Beginning of the hour in the call centre.',
      transactions: 'Number of transactions of the hour.',
      successes: 'Number of those with the status success.',
      calls: 'Number of calls that were started in the hour.',
      answered_calls: 'Number of those that were answered.',
      talk_sec: 'Sum of the talk times of these calls.',
      wait_sec: 'Sum of the waiting times of these transactions.',
      edit_sec: 'Sum of the working times of these transactions.',
      pause_sec: 'Sum of the pauses of these transactions.',
      wrapup_sec: 'Sum of the wrap-up times of these transactions.',
    },
  },
  contacts_now: {
    means: 'One row for each contact: how often it was called, the last outcome, and the next follow-up.',
    columns: {
      ...CONTACT,
      ref: "Reference of the contact in the customer's own system.",
      phone: 'Phone number of the contact.',
      owner: 'Agent that the contact is assigned to.',
      task: 'Task that the contact is in.',
      status: 'Status of the contact.',
      status_detail: 'Detail of the status.',
      created_at: 'Time at which the contact was made.',
      transactions: 'Number of transactions.',
      attempts: 'Number of calls, without those that were joined to another call.',
      last_at: 'Time of the last transaction.',
      last_local: 'The same time in the call centre.',
      last_agent: 'Agent of the last transaction.',
      last_outcome: 'Status that the contact got by it.',
      last_outcome_detail: 'Detail of that status.',
      next_follow_up_at: 'Time of the next follow-up. NULL: none is planned.',
      next_follow_up_local: 'The same time in the call centre.',
      days_untouched: 'Whole days since the contact was last worked on, or else made.',
      deleted_at: DELETED,
      changed_at: CHANGED,
    },
  },
  contacts_wide: {
    means: 'One row for each contact, with all custom fields by their own names.',
    columns: {
      ...CONTACT,
      contact_ref: "Reference of the contact in the customer's own system.",
      contact_phone: 'Phone number of the contact.',
      contact_task: 'Task that the contact is in.',
      contact_status: 'Status of the contact.',
      contact_status_detail: 'Detail of the status.',
      contact_owner: 'Agent that the contact is assigned to.',
      created_at: 'Time at which the contact was made.',
      follow_up_at: 'Time of the next follow-up. NULL: none is planned.',
      deleted_at: DELETED,
      changed_at: CHANGED,
    },
  },
};
