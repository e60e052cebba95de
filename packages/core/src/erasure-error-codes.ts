import type { ErrorCode } from './contract/index.js';

/** Codes of core about what is erased, kept out, or deleted in the campaign. */
export const erasureErrorCodes = {
  CONTACTS_FORGOTTEN: {
    what: 'Contacts were forgotten, as dbsync forget asked: the target holds nothing of them any more, and they are kept out. The message has the numbers, and no id.',
    normal: 'After dbsync forget.',
    remedy: 'Nothing to do. dbsync forget --undo lets a contact in again that was forgotten by mistake.',
    exit: 1,
  },
  FORGET_FAILED: {
    what: 'A request to forget contacts, or to let them in again, could not be carried out. It stays in the mailbox and is tried again in each cycle.',
    normal: null,
    remedy:
      'Mend what the message names: mostly a right that is missing. docs/security.md names the rights that erasure needs.',
    exit: 1,
  },
  DEAD_LETTERS_EXPIRED: {
    what: 'Dead letters have been kept for as long as --keep-dead-letters says, so they were removed. What they held is in the target only if it was written since.',
    normal: 'Where --keep-dead-letters is given.',
    remedy: 'Nothing to do. Look at dead-letters list more often than that, or give a longer time.',
    exit: 1,
  },
  REPLAY_OF_DELETED: {
    what: 'A dead letter was to be replayed whose contact the campaign has deleted. It stays, so that what was deleted does not come back by accident.',
    normal: 'When contacts are deleted in the campaign.',
    remedy:
      'Drop the dead letter with dead-letters drop. To write or send it all the same, give dead-letters replay with --even-if-deleted.',
    exit: 1,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
