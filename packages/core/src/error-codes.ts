import type { ErrorCode } from './contract/index.js';

/** Every code of core: what happened, when that is normal, what to do. */
export const errorCodes = {
  API_TOKEN_REFUSED: {
    what: 'The API refused the campaign token (401 or 403).',
    normal: null,
    remedy:
      'Check --campaign and --token: a token is valid for one campaign only. Create a new one in the campaign settings.',
    exit: 2,
  },
  API_CAMPAIGN_UNKNOWN: {
    what: 'The API knows no such campaign (404).',
    normal: null,
    remedy: 'Check --campaign, and --api-url if you use a white label.',
    exit: 2,
  },
  API_UNREACHABLE: {
    what: 'The API did not answer: refused, timed out, or the connection broke.',
    normal: 'For minutes, during maintenance or a network fault. dbsync waits and goes on without a gap.',
    remedy: 'Check the network, the proxy and --api-url.',
    exit: 1,
  },
  API_BUSY: {
    what: 'The API asked to come back later (429).',
    normal: 'When other programs use the same API. dbsync honours Retry-After.',
    remedy: 'Lower --request-concurrency if it stays.',
    exit: 1,
  },
  API_FAILED: {
    what: 'The API answered with a server error (5xx) or an unexpected status.',
    normal: 'For minutes, during maintenance. dbsync waits and goes on without a gap.',
    remedy: 'If it stays, report it to the API operator with the time and the path that the message names.',
    exit: 1,
  },
  API_RECORD_WITHOUT_ID: {
    what: 'A record from the API lacks what its id is made of, so it became a dead letter with all that hangs below it.',
    normal: 'For single records that the campaign holds in an incomplete state. The rest of the contact is written.',
    remedy: 'Look at it with dead-letters show. It goes away when a newer version of the contact has what was missing.',
    exit: 1,
  },
  API_RECORD_MALFORMED: {
    what: 'Something stands where the API should have sent a record, so it became a dead letter.',
    normal: null,
    remedy: 'Look at it with dead-letters show, and report it to the API operator. The rest of the contact is written.',
    exit: 1,
  },
  FILTER_MODE_UNKNOWN: {
    what: 'The filter mode is none that dbsync knows.',
    normal: null,
    remedy: 'Give --filter-mode updates_only or hi_updates_only, or leave it out for all transactions.',
    exit: 2,
  },
  API_ANSWER_INVALID: {
    what: 'The API answered something else than what was asked for: not JSON, cut off, or of another shape.',
    normal: 'Once in a while behind a proxy or during maintenance.',
    remedy: 'If it stays, look at what the message says came instead: often a login page or a proxy error page.',
    exit: 1,
  },
  STREAM_HELD: {
    what: 'Another process copies this campaign to this target right now.',
    normal: 'When a daemon runs and somebody starts db_init beside it.',
    remedy: 'Stop the process that the message names, or let it do the work: a daemon finds everything by itself.',
    exit: 3,
  },
  STREAM_PLAN_DIFFERS: {
    what: 'Another process copies this campaign to this target with other filters or options.',
    normal: null,
    remedy:
      'Two plans need two sets of rows: give one of them another --table-prefix. Or start both with the same options.',
    exit: 2,
  },
  CONTACT_FETCH_FAILED: {
    what: 'The API gives the body of this contact to no request, while it answers for others.',
    normal: null,
    remedy:
      'Nothing to do at once: it is tried again when it changes, and once a day. If it stays, report the contact to the API operator.',
    exit: 1,
  },
  CONTACT_GONE: {
    what: 'A contact that an event named is in no listing any more: it was deleted.',
    normal: 'Whenever contacts are deleted in the campaign. Its rows stay.',
    remedy: 'Nothing to do.',
    exit: 1,
  },
  API_MD5_UNRELIABLE: {
    what: 'A contact changed although its md5 stayed the same.',
    normal: null,
    remedy:
      'Nothing to do: from now on listings fetch every contact they name, which costs more requests. Report it to the API operator.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorCode>;

/** The name of a code of core. */
export type ErrorCodeName = keyof typeof errorCodes;
