import type { ErrorCode } from './contract/index.js';
import { deliveryErrorCodes } from './delivery-error-codes.js';
import { sinkErrorCodes } from './sink-error-codes.js';

/** Every code of core: what happened, when that is normal, what to do. */
export const errorCodes = {
  API_TOKEN_REFUSED: {
    what: 'The API refused the campaign token (401 or 403).',
    normal:
      'Once in a while after other requests succeeded. dbsync repeats the request and goes on. The run ends only when all requests have been refused for five minutes, at another endpoint too.',
    remedy:
      'Check --campaign and --token: a token is valid for one campaign only. Create a new one in the campaign settings.',
    exit: 2,
  },
  API_CAMPAIGN_UNKNOWN: {
    what: 'The API knows no such campaign (404).',
    normal:
      'Once in a while after other requests succeeded. dbsync repeats the request and goes on. The run ends only when all requests have been refused for five minutes, at another endpoint too.',
    remedy: 'Check --campaign, and --api-url if you use a white label.',
    exit: 2,
  },
  COPY_BEHIND: {
    what: 'The copy is further behind the campaign than three intervals (a minute at least), or no listing has been completed for two hours.',
    normal:
      'After a start or an outage, until dbsync has caught up, and during a first copy. dbsync goes on by itself and says when the copy is current again.',
    remedy:
      'If it stays, look at the error that the message names. Where it names none, the work takes longer than the interval: give the store or dbsync more power, or set a longer --interval.',
    exit: 1,
  },
  API_UNREACHABLE: {
    what: 'The API did not answer: refused, timed out, or the connection broke.',
    normal: 'For minutes, during maintenance or a network fault. dbsync waits and goes on without a gap.',
    remedy: 'Check the network, the proxy and --api-url.',
    exit: 1,
  },
  API_BUSY: {
    what: 'The API asked to come back later (429).',
    normal:
      'When other programs use the same API. dbsync waits as long as Retry-After says, ten minutes at most, and the log line names the end.',
    remedy: 'Lower --request-concurrency if it stays.',
    exit: 1,
  },
  API_FAILED: {
    what: 'The API answered with a server error (5xx) or an unexpected status.',
    normal: 'For minutes, during maintenance. dbsync waits and goes on without a gap.',
    remedy: 'If it stays, report it to the API operator with the time and the path that the message names.',
    exit: 1,
  },
  API_ANSWER_TOO_LARGE: {
    what: 'An answer of the API is larger than dbsync takes into memory.',
    normal: null,
    remedy:
      'Requests are split, so it stays with single contacts: look at the dead letter, and at the contact it names.',
    exit: 1,
  },
  API_CURSOR_REFUSED: {
    what: 'The API refused to go on with a listing, so it is read again from its beginning.',
    normal: 'Once in a while, when the API is restarted or slow.',
    remedy: 'If it stays, report it to the API operator with the time and the path that the message names.',
    exit: 1,
  },
  API_LISTING_DOUBTFUL: {
    what: 'A listing ran in a circle, or seems cut off, so it is read again from its beginning, with pages of another size.',
    normal: 'Once in a while, when its last page happens to be full.',
    remedy: 'If it stays, report it to the API operator with the time and what the message says.',
    exit: 1,
  },
  API_CONTACT_UNASKED: {
    what: 'The API sent contacts that were not asked for; they are left aside.',
    normal: null,
    remedy: 'Report it to the API operator. Nothing is lost: each contact is fetched when its own turn comes.',
    exit: 1,
  },
  API_ENTRY_UNREADABLE: {
    what: 'An entry of a listing of the API does not say what it is about, so it became a dead letter; the others went on.',
    normal: null,
    remedy:
      'Look at it with dead-letters show, report it to the API operator, and drop it. What it was about comes with the complete listing of each day.',
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
  CONTACT_MISSING: {
    what: 'The API lists this contact but answers each request for it without it.',
    normal: 'For a while behind a replica that lags.',
    remedy:
      'Nothing to do at once: it is tried again after five minutes, and then ever more rarely. If it stays, report the contact to the API operator.',
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
  ...sinkErrorCodes,
  STORE_FAILED: {
    what: 'The target failed in a way that its sink does not explain.',
    normal: null,
    remedy: 'dbsync goes on trying. If it stays, report the message to the author of the sink.',
    exit: 1,
  },
  ...deliveryErrorCodes,
  PROGRESS_AHEAD: {
    what: 'The recorded progress names an instant that is later than now by the clock of the API and by the clock of this machine, so it was pulled back to now, and what it may have passed over is listed and read again.',
    normal: 'Once after a start at which a clock was wrong, with a version before this rule.',
    remedy:
      'Check the clock of this machine. If the message names since, give --since with the time at which this copy began: what happened between then and now is fetched.',
    exit: 1,
  },
  BACKFILL_STARTED: {
    what: 'An earlier --since than before was given: the time between is filled in beside the live events.',
    normal: 'Once after you gave an earlier --since.',
    remedy: 'Nothing to do; a restart resumes it.',
    exit: 1,
  },
  REPLAY_IMPOSSIBLE: {
    what: 'A dead letter cannot be replayed: it names no contact, or the API has it no more and the dead letter holds no whole one.',
    normal: null,
    remedy: 'Read it with dead-letters show, then drop it, or keep it.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorCode>;

/** The name of a code of core. */
export type ErrorCodeName = keyof typeof errorCodes;
