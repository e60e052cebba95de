import type { ErrorCode } from '../contract/index.js';

/** The codes of `dbsync verify` and `dbsync refetch`. */
export const verifyErrorCodes = {
  PLAN_UNFIT: {
    what: 'The sink of the target cannot tell what a start would change.',
    normal: null,
    remedy: 'Ask the author of the sink for `planChanges`. The built-in databases have it.',
    exit: 2,
  },
  REFETCH_CALLS_UNREAD: {
    what: 'A request to read inbound calls again was ended: the API did not give them to their end in 12 tries. The calls that came are written.',
    normal: null,
    remedy:
      'Run dbsync refetch --since TIME later, with the time of the message. The log quotes the answers of the API.',
    exit: null,
  },
  VERIFY_LISTING_PARTIAL: {
    what: 'The list of contacts of the campaign could not be read to its end, so dbsync could not compare the copy.',
    normal: 'While the API has trouble.',
    remedy: 'Run the command again later. The log of the daemon quotes the answers of the API.',
    exit: 1,
  },
  VERIFY_NO_COPY: {
    what: 'The target holds no copy of the campaign that dbsync made, or its progress is lost.',
    normal: null,
    remedy: 'Check --campaign, --url and --table-prefix. Where they are right, copy the campaign with --mode db_init.',
    exit: 2,
  },
  VERIFY_PLAN_DIFFERS: {
    what: 'The options of the command differ from those of the copy, so its rows would not fit the others.',
    normal: null,
    remedy:
      'Give the filter, the rules for fields, --column-types and --max-custom-fields as the run has them. The message names both.',
    exit: 2,
  },
  VERIFY_TOO_MANY_GONE: {
    what: 'The campaign lacks more contacts than `verify --drop-gone` deletes at once: 5 % of the copy, or five. None was deleted.',
    normal: 'After many contacts were deleted in the campaign on purpose.',
    remedy:
      'Check --campaign and the token. If the contacts were deleted on purpose, give the same command with --allow and their number.',
    exit: 2,
  },
  VERIFY_UNFIT: {
    what: 'The sink of the target cannot compare its rows with the campaign.',
    normal: null,
    remedy: 'Ask the author of the sink for `verifying`. The built-in databases have it.',
    exit: 2,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
