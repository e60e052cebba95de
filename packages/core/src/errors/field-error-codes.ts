import type { ErrorCode } from '../contract/index.js';

/** Codes of the rules for fields, --exclude-fields and --hash-fields. */
export const fieldErrorCodes = {
  FIELD_NEEDED: {
    what: '--exclude-fields or --hash-fields names a field that dbsync needs itself: an id, what ids and order are made of, or a list of records.',
    normal: null,
    remedy:
      'Leave the name out, or write the kind of record before it, such as contacts.type, as the message says. A glob with * or ? passes over such fields.',
    exit: 2,
  },
  FIELD_HASH_KEY: {
    what: 'The key of --hash-fields is missing, or so short that it could be found by trying.',
    normal: null,
    remedy: 'Make one, such as by: openssl rand -hex 32 > FILE, and give it as --hash-key-file FILE.',
    exit: 2,
  },
  FIELD_RULES_CHANGED: {
    what: 'dbsync was started with other fields to leave out or to hash than before, or with another key. All contacts and inbound calls are fetched again and written under the rules of now.',
    normal: 'At the first start with other rules, and at each start until all contacts were fetched again.',
    remedy:
      'Nothing to do. Contacts that the API has no more keep the values that they were written with: see "What stays" in docs/fields.md.',
    exit: null,
  },
  FIELD_RULE_UNUSED: {
    what: 'A glob of --exclude-fields or --hash-fields fits no field of all contacts that were fetched.',
    normal: 'Where no contact has the field yet. A glob that is meant for inbound calls alone fits none of a contact.',
    remedy:
      'Compare the name with that in the target or in the campaign, also by upper and lower case, and mend the glob.',
    exit: null,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
