import type { ErrorCode } from '../contract/index.js';

/** Codes of core that have to do with deliveries to an endpoint: its outbox, and what becomes of messages. */
export const deliveryErrorCodes = {
  OUTBOX_STATE_MISSING: {
    what: 'The state file of deliveries is not there, though there should be one: nobody knows what has been delivered.',
    normal: null,
    remedy:
      'Check --state-dir, and bring the file back from a backup. Or begin anew with --new-state, or from an earlier time with --since.',
    exit: 2,
  },
  OUTBOX_OF_OTHER_CAMPAIGN: {
    what: 'The state file is that of another campaign: what has been delivered of this one stands elsewhere.',
    normal: null,
    remedy:
      'Bring back the right file, or name another folder with --state-dir. It may have been copied, or the names of both campaigns be the same but for punctuation.',
    exit: 2,
  },
  OUTBOX_TARGET_CHANGED: {
    what: 'The state file has delivered to another URL until now.',
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
  OUTBOX_CANNOT_OPEN: {
    what: 'The state file cannot be opened or made: the process has no right to it, or to its folder.',
    normal: null,
    remedy: 'Let the user that dbsync runs as own the folder that --state-dir names.',
    exit: 3,
  },
  OUTBOX_MESSAGE_DAMAGED: {
    what: 'The state file has lost the body of a message that waits, or the body cannot be read. The message is a dead letter, and the others are delivered. When a listing has its contact fetched again, the transaction is queued anew, under another id.',
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
  OUTBOX_DAMAGED: {
    what: 'The state file is damaged, or no state file of dbsync at all.',
    normal: null,
    remedy:
      'Bring it back from a backup. Or move it away and begin anew with --since: what was delivered since then is delivered once more.',
    exit: 3,
  },
  OUTBOX_BUSY: {
    what: 'Another process held the write lock of the state file for too long. Nothing was written; it is repeated.',
    normal: 'For a moment, while a command looks into it.',
    remedy: 'If it stays, find the process that keeps the file, perhaps one that was suspended.',
    exit: 1,
  },
  OUTBOX_FULL: {
    what: 'The disk of the state file is full, or has less than 64 MiB free to begin with. Nothing new is queued, and nothing is lost; what waits is still delivered.',
    normal: null,
    remedy: 'Free some room: dbsync goes on by itself, where it was.',
    exit: 3,
  },
  OUTBOX_IO: {
    what: 'Reading or writing the state file failed.',
    normal: null,
    remedy: 'Look at the system log: the disk may be failing, or a quota used up.',
    exit: 3,
  },
  OUTBOX_FAILED: {
    what: 'The state file failed in a way that dbsync does not know.',
    normal: null,
    remedy: 'The message is its own; if it stays, report it.',
    exit: 1,
  },
  OUTBOX_FENCED: {
    what: 'Another process has taken over the campaign since this one claimed it. It stops writing and claims again.',
    normal: 'When a process was suspended for longer than its lease.',
    remedy: 'Nothing to do.',
    exit: 3,
  },
  OUTBOX_MOVED: {
    what: 'The state file was removed, or replaced by another one, while dbsync had it open. One that was removed is put back with all it held; one that was replaced is opened.',
    normal: 'When a backup is restored while dbsync runs.',
    remedy: 'Nothing to do. To begin anew, stop dbsync first, then start it with --new-state.',
    exit: 3,
  },
  OUTBOX_SET_BACK: {
    what: 'The state file holds an earlier state than the one this process wrote last. Nothing of the refused write is there.',
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
    what: 'A message was not accepted at its first attempt. It is sent again; other contacts go on.',
    normal: 'When a receiver has a fault for single records.',
    remedy: 'See dbsync deliveries --failed, and mend the target: the message names the reason and the next attempt.',
    exit: null,
  },
  DELIVERY_EXHAUSTED: {
    what: 'A message was not accepted in ten attempts, or in all the time that its contact has, so it became a dead letter. Attempts while the target was down are not among the ten; the reason says how many there were in all.',
    normal: null,
    remedy:
      'The reason is what the target said last; dead-letters show has the beginning of its answer. Mend the target, then send it again with dead-letters replay.',
    exit: null,
  },
  DELIVERY_REFUSED: {
    what: 'The target refused a message for good, so it became a dead letter at once: its answer is one of --webhook-refused, or 410.',
    normal: null,
    remedy:
      'The reason is what the target said; dead-letters show has the beginning of its answer. Mend the target, then send it again with dead-letters replay.',
    exit: null,
  },
  ENDPOINT_DOWN: {
    what: 'The target cannot be reached, does not answer in time, or says that it is overloaded: deliveries to five contacts failed so, with none accepted between them. All deliveries wait and lose no attempt by it.',
    normal: 'While the target is restarted or maintained.',
    remedy: 'Mend the target: deliveries go on by themselves, in order. One is tried each minute.',
    exit: null,
  },
  ENDPOINT_UNPROVEN: {
    what: 'The target has never accepted a delivery, so its address or the credentials may be wrong. All deliveries wait and lose no attempt by it; one is tried each minute.',
    normal: 'When the target is set up after dbsync.',
    remedy:
      'Check --url, and what the target wants besides: credentials, headers. Deliveries then go on by themselves.',
    exit: null,
  },
  ENDPOINT_REFUSING: {
    what: 'The target answers, but has accepted nothing for ten minutes: its answers refuse the messages of at least five contacts. All deliveries wait and lose no attempt by it; one is tried each minute.',
    normal: null,
    remedy:
      'The reason is what the target answered last; dbsync deliveries shows its answers. Mend the target: deliveries go on by themselves, in order.',
    exit: null,
  },
  ENDPOINT_GONE: {
    what: 'The target said for five contacts in a row that it wants no more deliveries (410). dbsync keeps running and keeps what waits; one delivery is tried each minute, and nothing more is given up.',
    normal: 'When a receiver was taken out of service on purpose.',
    remedy:
      'Stop the unit, or give it the --url of another receiver. If the receiver comes back, deliveries go on by themselves.',
    exit: null,
  },
  DELIVERY_DROPPED: {
    what: 'An operator dropped a delivery that waited, with dbsync deliveries drop. It is kept as a dead letter.',
    normal: 'After dbsync deliveries drop.',
    remedy: 'Nothing to do. dbsync dead-letters replay sends it after all, dead-letters drop forgets it.',
    exit: null,
  },
  DELIVERIES_PAUSED: {
    what: 'An operator paused deliveries with dbsync deliveries pause. They are queued and none is sent, also after a restart.',
    normal: 'After dbsync deliveries pause.',
    remedy: 'dbsync deliveries resume sends what waits.',
    exit: null,
  },
  DELIVERIES_CONTROLLED: {
    what: 'An operator asked for an act on deliveries, and it was done: the message says who, when, and with how many messages.',
    normal: 'After dbsync deliveries retry, drop, replay, pause or resume.',
    remedy: 'Nothing to do.',
    exit: null,
  },
} as const satisfies Record<string, ErrorCode>;
