import type { ErrorCode } from '../contract/index.js';

/** Codes of core about what is erased, kept out, or deleted in the campaign. */
export const erasureErrorCodes = {
  CONTACTS_FORGOTTEN: {
    what: 'Contacts were forgotten after dbsync forget: the target holds no data of them any more, and they are kept out. The message has the numbers, and no id.',
    normal: 'After dbsync forget.',
    remedy: 'Nothing to do. dbsync forget --undo lets a contact in again that was forgotten by mistake.',
    exit: null,
  },
  FORGET_FAILED: {
    what: 'A request to forget contacts, or to let them in again, could not be carried out. It stays in the mailbox and is tried again in each cycle.',
    normal: null,
    remedy:
      'Correct the fault that the message names: mostly a missing right. docs/security.md names the rights that erasure needs.',
    exit: null,
  },
  DEAD_LETTERS_EXPIRED: {
    what: 'Dead letters have been kept for as long as --keep-dead-letters says, so they were removed. Their records are in the target only if they were written since.',
    normal: 'Where --keep-dead-letters is given.',
    remedy: 'Nothing to do. Look at dead-letters list more often than that, or give a longer time.',
    exit: null,
  },
  CONTACTS_REMOVED: {
    what: 'Contacts that the campaign has deleted were removed from the target, as --mirror-deletions asks. Two complete listings a day apart lacked them, and the API has no body of them. The message has the number; the ids are logged at log level debug.',
    normal: 'With --mirror-deletions.',
    remedy: 'Nothing to do. A contact that the campaign has again is copied again.',
    exit: null,
  },
  CONTACTS_MARKED: {
    what: 'Contacts that the campaign has deleted were marked in the target (deleted_at): two complete listings a day apart lacked them, and the API has no body of them. Their rows stay. The message has the number; the ids are logged at log level debug.',
    normal: 'Whenever contacts are deleted in the campaign.',
    remedy: 'Nothing to do. A contact that the campaign has again loses its mark.',
    exit: null,
  },
  MIRROR_TOO_MANY: {
    what: 'More contacts are missing in the campaign than dbsync marks as deleted, or removes with --mirror-deletions, at once: 5 % of the stored ones, or 5 where that is less. None was marked or removed.',
    normal: 'After many contacts were deleted in the campaign on purpose.',
    remedy:
      'Look into the campaign. If the contacts were deleted on purpose, run the command that the message names: it allows that number once.',
    exit: null,
  },
  MIRROR_DOUBTED: {
    what: 'Contacts seemed to be deleted in the campaign, but the API also gave no body of a contact that it lists. None of them was marked or removed.',
    normal: 'During a fault of the API.',
    remedy: 'Nothing to do: the next complete listing tries again.',
    exit: null,
  },
  MIRROR_PARTIAL: {
    what: 'In a copy that begins at a time (--since) no contact is removed, or marked as deleted: a listing does not cover all its contacts.',
    normal: null,
    remedy: 'Run db_init without --since, or leave out --mirror-deletions.',
    exit: null,
  },
  MIRROR_FAILED: {
    what: 'The target could not note, mark or remove contacts that the campaign has deleted. All other work continues.',
    normal: null,
    remedy:
      'Correct the fault that the message names: mostly a missing right. docs/security.md names the rights that it needs.',
    exit: null,
  },
  REPLAY_OF_DELETED: {
    what: 'A replay was requested for a dead letter, or for accepted messages, whose contact the campaign has deleted. The dead letter stays, and the messages are not sent again, so that deleted data does not come back by accident.',
    normal: 'When contacts are deleted in the campaign.',
    remedy:
      'Drop the dead letter with dead-letters drop. To write or send it nevertheless, give dead-letters replay or deliveries replay with --even-if-deleted.',
    exit: null,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
