import type { ErrorCode } from '../contract/index.js';

/** Codes of core that compare what the target holds with what the API and the recorded progress say. */
export const rowErrorCodes = {
  API_MD5_UNRELIABLE: {
    what: 'A contact changed although its md5 stayed the same. dbsync fetches every contact that a listing of changes names, until such a listing finds no other one. If it happens again within a day, dbsync does so until no contact has changed in this way for a day.',
    normal: 'After another program changed values below a contact, once.',
    remedy: 'Nothing to do; it costs more requests. If it comes again, report it to the API operator.',
    exit: null,
  },
  API_MD5_RELIABLE: {
    what: 'No further contact has changed without its md5, so dbsync again fetches only contacts whose md5 has changed.',
    normal: 'Minutes or a day after API_MD5_UNRELIABLE.',
    remedy: 'Nothing to do.',
    exit: null,
  },
  PROGRESS_MISSING: {
    what: 'The target holds rows of the campaign and no record of how far their copy is. All contacts and inbound calls are listed and compared, and those that differ are fetched; --since is not used. Events continue from now.',
    normal: 'On the first start with the data of an earlier client.',
    remedy: 'Nothing to do. If dbsync itself wrote those rows, find out which program deleted the record.',
    exit: null,
  },
  FILTER_NARROWER: {
    what: 'The filter (--fm, --fp) leaves out transactions that it let in before. Their rows stay in the target and are not updated any more.',
    normal: 'At the first start with a narrower filter.',
    remedy:
      'Leave them, or delete them by the statements under "A narrower filter" in docs/databases.md. Or give another --tp for a copy of its own.',
    exit: null,
  },
  ROWS_LOST: {
    what: 'The target lost rows or values as a whole: a part of it was made again, or was emptied. All contacts and inbound calls of the campaign are listed at once, and contacts are fetched again.',
    normal: null,
    remedy:
      'Nothing to do. If you did not do it, find out which program did; the warning of the target before this one names what is missing.',
    exit: null,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
