import type { ErrorCode } from '../contract/index.js';

/** Codes of core that have to do with deliveries to an endpoint: its outbox, and what becomes of messages. */
export const deliveryErrorCodes = {
  OUTBOX_STATE_MISSING: {
    what: 'The state file of deliveries is missing, so dbsync does not know which messages it has delivered.',
    normal: null,
    remedy:
      'Check --state-dir, and restore the file from a backup. Or begin again with --new-state, or from an earlier time with --since.',
    exit: 2,
  },
  OUTBOX_OF_OTHER_CAMPAIGN: {
    what: 'The state file belongs to another campaign.',
    normal: null,
    remedy:
      'Restore the right file, or name another folder with --state-dir. The file may have been copied, or the names of both campaigns may differ only in punctuation.',
    exit: 2,
  },
  OUTBOX_TARGET_CHANGED: {
    what: 'The messages of the state file have gone to another URL until now.',
    normal: null,
    remedy:
      'For the same receiver at a new address give --adopt-url once; for another receiver give it a state of its own with --stream NAME.',
    exit: 2,
  },
  OUTBOX_VERSION_NEWER: {
    what: 'A newer version of dbsync has written the state file.',
    normal: 'After a downgrade.',
    remedy: 'Install the newer version again.',
    exit: 3,
  },
  OUTBOX_VERSION_OLDER: {
    what: 'An earlier version of dbsync has written the state file, and the command changes nothing in it.',
    normal: 'After an upgrade, until the daemon is started again.',
    remedy: 'Restart the daemon: it adds what the file lacks.',
    exit: 3,
  },
  OUTBOX_CANNOT_OPEN: {
    what: 'The state file cannot be opened or made: the process may not use it, or its folder.',
    normal: null,
    remedy: 'Make the user of dbsync the owner of the folder of --state-dir.',
    exit: 3,
  },
  OUTBOX_MESSAGE_DAMAGED: {
    what: 'The state file has lost the body of a message that waits, or the body cannot be read. The message is a dead letter, and the others are delivered. When its contact is fetched again after a listing, the transaction is queued again, under another id.',
    normal: null,
    remedy:
      'Check the disk, and let no other program write to the state file. To get the transaction at once, restart dbsync with an earlier --since.',
    exit: null,
  },
  OUTBOX_STATE_UNREADABLE: {
    what: 'The counters of a campaign in the state file, or the instant from which deliveries began, cannot be read: another program has changed them.',
    normal: null,
    remedy:
      'Stop all daemons of the campaign, and write the statement of the message into the state file. No message is lost by it.',
    exit: 3,
  },
  OUTBOX_CONTACT_TOO_LARGE: {
    what: 'The messages of one contact would take more than 256 MiB of the state file, because each message contains the whole contact. The contact is a dead letter, and the others are delivered.',
    normal: null,
    remedy:
      'Shorten the fields of the contact in the campaign, or leave long ones out with --exclude-fields. Then dead-letters replay fetches it again.',
    exit: 1,
  },
  OUTBOX_DAMAGED: {
    what: 'The state file is damaged, or is no state file of dbsync.',
    normal: null,
    remedy:
      'Restore it from a backup. Or move it away and begin again with --since: messages that were delivered since then are delivered once more.',
    exit: 3,
  },
  OUTBOX_BUSY: {
    what: 'Another process held the write lock of the state file for too long. Nothing was written; it is repeated.',
    normal: 'For a moment, while a command reads it.',
    remedy: 'If it stays, find the process that keeps the file, perhaps one that was suspended.',
    exit: 1,
  },
  OUTBOX_FULL: {
    what: 'The disk of the state file is full, or had less than 64 MiB free at the start. Nothing new is queued, and nothing is lost; waiting messages are still delivered.',
    normal: null,
    remedy: 'Free some room: dbsync continues by itself, where it was.',
    exit: 3,
  },
  OUTBOX_IO: {
    what: 'Reading or writing the state file failed.',
    normal: null,
    remedy: 'Look at the system log: the disk may be failing, or a quota is used up.',
    exit: 3,
  },
  OUTBOX_FAILED: {
    what: 'The state file failed in a way that dbsync does not know.',
    normal: null,
    remedy: 'The message quotes it; if it stays, report it.',
    exit: 1,
  },
  OUTBOX_FENCED: {
    what: 'Another process has taken over the campaign since this one claimed it. It stops writing and claims again.',
    normal: 'When a process was suspended for longer than its lease.',
    remedy: 'Nothing to do.',
    exit: 3,
  },
  OUTBOX_MOVED: {
    what: 'The state file was removed, or replaced by another one, while dbsync had it open. dbsync restores a removed file with all its contents, and opens one that replaced it.',
    normal: 'When a backup is restored while dbsync runs.',
    remedy: 'Nothing to do. To begin again, stop dbsync first, then start it with --new-state.',
    exit: 3,
  },
  OUTBOX_ROWS_CHANGED: {
    what: 'Another program has changed the numbers of rows, or counts, in the state file. dbsync claims the campaign again, which repairs them.',
    normal: null,
    remedy:
      'Nothing to do for the copy. Find the program that writes to the state file, and stop it: only dbsync may write to this file.',
    exit: 3,
  },
  OUTBOX_SET_BACK: {
    what: 'The state file has an earlier state than the last one that this process wrote. No part of the refused write was stored.',
    normal: 'When the file was restored from a backup.',
    remedy:
      'Nothing to do: dbsync reads everything from the restored progress on. Messages that were delivered since the backup are delivered again; those that wait in it keep their ids.',
    exit: 3,
  },
  OUTBOX_SUPERSEDED: {
    what: 'A newer version of the transaction has been queued since this message was given up, so it is never sent again.',
    normal: 'Whenever a transaction changes after its message became a dead letter.',
    remedy: 'Read it with dead-letters show, then drop it.',
    exit: null,
  },
  DELIVERY_BACKOFF_INVALID: {
    what: 'The pauses between the attempts of a delivery cannot be read.',
    normal: null,
    remedy: 'Write up to nine pauses, such as 5s,1m,1h, or a range that doubles, such as 0.2s..2s.',
    exit: 2,
  },
  DELIVERY_FAILED: {
    what: 'A message was not accepted at its first attempt. It is sent again; other contacts are not delayed.',
    normal: 'When a receiver has a fault for single records.',
    remedy:
      'See dbsync deliveries --failed, and correct the fault of the target: the message names the reason and the next attempt.',
    exit: null,
  },
  DELIVERY_EXHAUSTED: {
    what: 'A message was not accepted in ten attempts, or in the longest time for its contact, so it became a dead letter. Attempts while the target was down do not count; the reason names the number of all attempts.',
    normal: null,
    remedy:
      'The reason quotes the last answer of the target; dead-letters show has the beginning of it. Correct the fault of the target, then send the message again with dead-letters replay.',
    exit: null,
  },
  DELIVERY_REFUSED: {
    what: 'The target refused a message for good, so it became a dead letter at once: its answer is one of --webhook-refused, or 410.',
    normal: null,
    remedy:
      'The reason quotes the answer of the target; dead-letters show has the beginning of it. Correct the fault of the target, then send the message again with dead-letters replay.',
    exit: null,
  },
  ENDPOINT_DOWN: {
    what: 'The target cannot be reached, does not answer in time, or answers that it is overloaded. Deliveries of five contacts failed for this reason, and the target accepted none between them. All deliveries wait, and dbsync counts no attempts meanwhile.',
    normal: 'While the target is restarted or maintained.',
    remedy:
      'Correct the fault of the target: deliveries then continue by themselves, in order. dbsync tries one each minute.',
    exit: null,
  },
  ENDPOINT_UNPROVEN: {
    what: 'The target has never accepted a delivery, so its address or the credentials may be wrong. All deliveries wait, and dbsync counts no attempts meanwhile. It tries one delivery each minute.',
    normal: 'When the target is set up after dbsync.',
    remedy:
      'Check --url, and the credentials and headers that the target demands. Deliveries then continue by themselves.',
    exit: null,
  },
  ENDPOINT_REFUSING: {
    what: 'The target answers, but has accepted nothing for ten minutes: its answers refuse the messages of at least five contacts. All deliveries wait, and dbsync counts no attempts meanwhile. It tries one delivery each minute.',
    normal: null,
    remedy:
      'The reason quotes the last answer of the target; dbsync deliveries shows its answers. Correct the fault of the target: deliveries then continue by themselves, in order.',
    exit: null,
  },
  ENDPOINT_GONE: {
    what: 'The target refused all further deliveries (410) for five contacts in a row. dbsync keeps running and keeps the waiting messages. It tries one delivery each minute, and makes no more dead letters.',
    normal: 'When a receiver was taken out of service on purpose.',
    remedy:
      'Stop the unit, or give it the --url of another receiver. If the receiver comes back, deliveries continue by themselves.',
    exit: null,
  },
  DELIVERY_DROPPED: {
    what: 'An operator dropped a waiting delivery with dbsync deliveries drop. It is kept as a dead letter.',
    normal: 'After dbsync deliveries drop.',
    remedy: 'Nothing to do. dbsync dead-letters replay sends it after all, dead-letters drop deletes it.',
    exit: null,
  },
  DELIVERIES_PAUSED: {
    what: 'An operator paused deliveries with dbsync deliveries pause. New ones are queued and none is sent, also after a restart.',
    normal: 'After dbsync deliveries pause.',
    remedy: 'To send the waiting messages: dbsync deliveries resume.',
    exit: null,
  },
  DELIVERIES_CONTROLLED: {
    what: 'An operator asked for an act on deliveries, and it was done: the message names the operator, the time and the number of messages.',
    normal: 'After dbsync deliveries retry, drop, replay, pause or resume.',
    remedy: 'Nothing to do.',
    exit: null,
  },
} as const satisfies Record<string, ErrorCode>;
