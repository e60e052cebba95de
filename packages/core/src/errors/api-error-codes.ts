import type { ErrorCode } from '../contract/index.js';

/** The codes of what the API answers, and of what it does not. */
export const apiErrorCodes = {
  API_TOKEN_REFUSED: {
    what: 'The API refused the campaign token (401 or 403).',
    normal:
      'Once in a while after other requests succeeded. dbsync repeats the request and continues. The run ends only when all requests have been refused for five minutes, at another endpoint too. That holds from the first request on for a daemon whose stream has progress: its first refusal is a warning that says so. Any other run ends at once by a refusal before the first good answer.',
    remedy:
      'Check --campaign and --token: a token is valid for one campaign only. Create a new one in the campaign settings.',
    exit: 2,
  },
  API_CAMPAIGN_UNKNOWN: {
    what: 'The API knows no such campaign (404).',
    normal:
      'Once in a while after other requests succeeded. dbsync repeats the request and continues. The run ends only when all requests have been refused for five minutes, at another endpoint too. That holds from the first request on for a daemon whose stream has progress: its first refusal is a warning that says so. Any other run ends at once by a refusal before the first good answer.',
    remedy: 'Check --campaign, and --api-url if you use a white label.',
    exit: 2,
  },
  API_UNREACHABLE: {
    what: 'The API did not answer: refused, timed out, or the connection broke.',
    normal: 'For minutes, during maintenance or a network fault. dbsync waits and then continues without a gap.',
    remedy: 'Check the network, the proxy and --api-url.',
    exit: 1,
  },
  API_CERTIFICATE_UNTRUSTED: {
    what: 'The certificate of the API is not trusted: an unknown authority signed it, it is for another host, or it has expired.',
    normal: 'Behind a firewall that reads encrypted traffic: it shows a certificate of its own.',
    remedy:
      'Ask the administrator of the network for the certificate of its authority, and give it as --api-ca FILE, or install it on the machine. If it expired, check the clock of the machine.',
    exit: 1,
  },
  API_PROXY_UNREACHABLE: {
    what: 'The proxy to the API cannot be reached, or opened no tunnel.',
    normal: 'For minutes, during a network fault. dbsync waits and then continues without a gap.',
    remedy: 'Check --proxy, HTTPS_PROXY or HTTP_PROXY; NO_PROXY, or --proxy "", avoids the proxy.',
    exit: 1,
  },
  API_PROXY_REFUSED: {
    what: 'The proxy to the API refused the request: 407 means that it demands other credentials, 403 that it forbids dbsync this address.',
    normal: null,
    remedy:
      'For 407 write the credentials into the proxy URL, as in http://user:password@host:port; else ask the administrator of the proxy to allow the host of --api-url.',
    exit: 1,
  },
  API_BUSY: {
    what: 'The API asked dbsync to slow down (429).',
    normal:
      'When other programs use the same API. dbsync waits as long as Retry-After says, ten minutes at most, and the log line names the end. Where the API answers others meanwhile, only the refused request waits; a contact that is refused each time becomes a dead letter, and is tried again.',
    remedy: 'Lower --request-concurrency if it stays.',
    exit: 1,
  },
  API_FAILED: {
    what: 'The API answered with a server error (5xx) or an unexpected status.',
    normal: 'For minutes, during maintenance. dbsync waits and then continues without a gap.',
    remedy: 'If it stays, report it to the API operator with the time and the path that the message names.',
    exit: 1,
  },
  API_ANSWER_TOO_LARGE: {
    what: 'An answer of the API is larger than dbsync takes into memory: a contact above 16 MiB, a page above 16 KiB for each entry asked for (1 MiB at least), or one with millions of values. dbsync ends it as soon as that is known, also a compressed one.',
    normal: null,
    remedy:
      'Requests are split, and pages get fewer entries, so only single records are affected. A contact becomes a dead letter: look at it in the campaign, and shorten it. A single entry of a listing that is too large stops the copy there: report it to the API operator with the time and the path that the message names.',
    exit: 1,
  },
  API_CURSOR_REFUSED: {
    what: 'The API refused the next page of a listing, so the listing is read again from its beginning.',
    normal: 'Once in a while, when the API is restarted or slow.',
    remedy: 'If it stays, report it to the API operator with the time and the path that the message names.',
    exit: 1,
  },
  API_LISTING_DOUBTFUL: {
    what: 'A listing repeated its pages, or seems cut off, so it is read again from its beginning, with pages of another size.',
    normal: 'Once in a while, when its last page happens to be full.',
    remedy: 'If it stays, report it to the API operator with the time and the message.',
    exit: 1,
  },
  API_LISTING_ENDLESS: {
    what: 'The pages of a listing bring nothing new, or are far more than a campaign has, so dbsync slows down and stops reading.',
    normal: null,
    remedy:
      'The entries that came are copied, and the listing is read again later. If it stays, report it to the API operator with the time and the message.',
    exit: 1,
  },
  API_CONTACT_UNASKED: {
    what: 'The API sent contacts that dbsync did not ask for; dbsync ignores them.',
    normal: null,
    remedy: 'Report it to the API operator. Nothing is lost: each contact is fetched when its own change is listed.',
    exit: null,
  },
  API_CALL_ID_TWICE: {
    what: 'Two inbound calls of the campaign have one id, so the copy has only the one that came last.',
    normal: null,
    remedy: 'Report it to the API operator with the id and the times that the message names.',
    exit: null,
  },
  API_ENTRY_UNREADABLE: {
    what: 'An entry of a listing of the API has no readable id, so it became a dead letter; the others were copied.',
    normal: null,
    remedy:
      'Look at it with dead-letters show, report it to the API operator, and drop it. Its contact comes with the daily complete listing.',
    exit: null,
  },
  API_RECORD_WITHOUT_ID: {
    what: 'A record from the API lacks the parts of its id, so it became a dead letter with all records below it.',
    normal: 'For single records that the campaign holds in an incomplete state. The rest of the contact is written.',
    remedy:
      'Look at it with dead-letters show. It is removed when a newer version of the contact has the missing parts.',
    exit: null,
  },
  API_RECORD_MALFORMED: {
    what: 'The API sent another value in the place of a record, so that value became a dead letter.',
    normal: null,
    remedy: 'Look at it with dead-letters show, and report it to the API operator. The rest of the contact is written.',
    exit: null,
  },
  API_RECORD_OUT_OF_BOUNDS: {
    what: 'A record from the API has an id of more than 1,000 characters, or is below 16 other connections, so it became a dead letter with all records below it.',
    normal: null,
    remedy: 'Look at it with dead-letters show, and report it to the API operator. The rest of the contact is written.',
    exit: null,
  },
  API_RECORD_UNREADABLE: {
    what: 'dbsync failed while it read the body of a contact, so the contact became a dead letter; all others were copied.',
    normal: null,
    remedy:
      'It is a fault of dbsync: report it with the message. A newer version tries the contact again by itself, and so does dead-letters replay.',
    exit: null,
  },
  API_ANSWER_INVALID: {
    what: 'The API gave an invalid answer: not JSON, cut off, or of another shape.',
    normal: 'Once in a while behind a proxy or during maintenance.',
    remedy: 'If it stays, look at the answer that the message quotes: often it is a login page or a proxy error page.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorCode>;
