import type { ErrorCode } from '../contract/index.js';

/** Codes of the rules for fields, --exclude-fields and --hash-fields. */
export const fieldErrorCodes = {
  FIELD_NEEDED: {
    what: '--exclude-fields or --hash-fields names a field that dbsync needs itself: an id, a part of ids or of the order, or a list of records.',
    normal: null,
    remedy:
      'Leave the name out, or write the kind of record before it, such as contacts.type, as the message says. A glob with * or ? does not match such fields.',
    exit: 2,
  },
  FIELD_HASH_KEY: {
    what: 'The key of --hash-fields is missing, or is too short to be safe.',
    normal: null,
    remedy: 'Make one, such as by: openssl rand -hex 32 > FILE, and give it as --hash-key-file FILE.',
    exit: 2,
  },
  FIELD_RULES_CHANGED: {
    what: 'dbsync was started with other fields to leave out or to hash than before, or with another key. All contacts and inbound calls are fetched again and written under the present rules.',
    normal: 'At the first start with other rules, and at each start until all contacts were fetched again.',
    remedy: 'Nothing to do. Contacts that the API no longer has keep their values: see "What stays" in docs/fields.md.',
    exit: null,
  },
  FIELD_RULE_UNUSED: {
    what: 'A glob of --exclude-fields or --hash-fields fits no field of all contacts that were fetched.',
    normal:
      'While no contact has the field yet. A glob that is only for inbound calls fits no field of a contact either.',
    remedy:
      'Compare the name with that in the target or in the campaign, also in upper and lower case, and correct the glob.',
    exit: null,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
