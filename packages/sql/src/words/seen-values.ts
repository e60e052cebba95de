/**
 * The values of a column that are known. `sure`: dbsync or the old client relies on them; `assumed`: dbsync's own tests use them, and
 * no answer of the API has shown them yet.
 */
export interface SeenValues {
  readonly sure?: readonly string[];
  readonly assumed?: readonly string[];
}

const STATUS: SeenValues = { assumed: ['open', 'success', 'declined'] };
const STATUS_DETAIL: SeenValues = {
  sure: ['$assigned'],
  assumed: ['$none', '$follow_up_auto', 'interested', 'appointment'],
};
const DISPOSITION: SeenValues = { assumed: ['agent', 'voicebox', 'abandoned'] };
const STATE: SeenValues = { assumed: ['ringing', 'connected', 'missed', 'ended'] };
const HANGUP: SeenValues = { assumed: ['agent', 'contact'] };
const TECHNOLOGY: SeenValues = { sure: ['transfer'], assumed: ['sip', 'webrtc', 'thirdparty'] };

/** Known values, by `TABLE.COLUMN`; views by their names. */
export const SEEN_VALUES: Readonly<Record<string, SeenValues>> = {
  'contacts.$status': STATUS,
  'contacts.$status_detail': STATUS_DETAIL,
  'transactions.status': STATUS,
  'transactions.status_detail': STATUS_DETAIL,
  'transactions.type': { sure: ['update'], assumed: ['move'] },
  'transactions.actor': { assumed: ['agent', 'dialer'] },
  'transactions.trigger': { assumed: ['form', 'dialer'] },
  'transactions.result': { assumed: ['no_answer', 'assigned', 'busy', 'talked', 'unreachable'] },
  'connections.actor': { assumed: ['agent', 'third_party'] },
  'connections.hangup_party': HANGUP,
  'connections.technology': TECHNOLOGY,
  'connections.result': { assumed: ['connected'] },
  'connections.code': { assumed: ['200', '480', '486'] },
  'inbound_calls.state': STATE,
  'inbound_calls.disposition': DISPOSITION,
  'dead_letters.kind': {
    sure: ['entry', 'fetch', 'contact', 'transaction', 'connection', 'recording', 'inbound-call'],
  },
  'sync_audit.act': { sure: ['refetch', 'replay', 'drop', 'forget', 'remember', 'drop-gone', 'mirror'] },
  'v_calls.technology': TECHNOLOGY,
  'v_calls.outcome': STATUS,
  'v_calls.outcome_detail': STATUS_DETAIL,
  'v_calls.hangup_party': HANGUP,
  'v_calls.call_result': { assumed: ['connected'] },
  'v_calls.contact_status': STATUS,
  'v_transactions.outcome': STATUS,
  'v_transactions.outcome_detail': STATUS_DETAIL,
  'v_transactions.contact_status': STATUS,
  'v_inbound.state': STATE,
  'v_inbound.disposition': DISPOSITION,
  'v_inbound.contact_status': STATUS,
  'v_contacts_now.status': STATUS,
  'v_contacts_now.status_detail': STATUS_DETAIL,
  'v_contacts_now.last_outcome': STATUS,
  'v_contacts_now.last_outcome_detail': STATUS_DETAIL,
  'v_contacts_wide.contact_status': STATUS,
  'v_contacts_wide.contact_status_detail': STATUS_DETAIL,
};
