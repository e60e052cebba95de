import type { ErrorCode } from '../contract/index.js';
import { apiErrorCodes } from './api-error-codes.js';
import { deliveryErrorCodes } from './delivery-error-codes.js';
import { erasureErrorCodes } from './erasure-error-codes.js';
import { fieldErrorCodes } from './field-error-codes.js';
import { rowErrorCodes } from './row-error-codes.js';
import { sinkErrorCodes } from './sink-error-codes.js';
import { verifyErrorCodes } from './verify-error-codes.js';

/** Every code of core: what happened, when that is normal, what to do. */
export const errorCodes = {
  ...apiErrorCodes,
  COPY_BEHIND: {
    what: 'The copy is further behind the campaign than three intervals (a minute at least), or no listing has been completed for two hours.',
    normal:
      'After a start or an outage, until dbsync has caught up, and during a first copy. dbsync continues by itself and reports when the copy is current again.',
    remedy:
      'If it stays, look at the error that the message names. Where it names none, the work takes longer than the interval: give the store or dbsync more power, or set a longer --interval.',
    exit: null,
  },
  CLOCKS_DIFFER: {
    what: 'The clock of this machine and the clock of the API differ by so much that the copy counts as behind. dbsync does not know which of them is wrong, so it copies all changes up to the earlier one of the two.',
    normal: 'For minutes after a start, or after a sleep of the machine, until its clock is set.',
    remedy:
      'Set the clock of this machine, such as by: timedatectl set-ntp true. dbsync then continues by itself, without a restart. Where the clock of this machine is right, report it to the API operator.',
    exit: null,
  },
  DELIVERY_START_UNSURE: {
    what: 'At the first start of deliveries without --since the clock of this machine and the clock of the API differ by more than ten minutes. dbsync does not know which of them is wrong. It waits five minutes for them to agree; then deliveries begin at the earlier time, with all that was fired since.',
    normal: 'For seconds after the start of a machine, until its clock is set.',
    remedy:
      'Stop dbsync within these minutes, set the clock of this machine, such as by: timedatectl set-ntp true, and start it again; or give --since with the time at which deliveries begin. After these minutes the start is recorded: then also remove the state file of the campaign.',
    exit: null,
  },
  HEARTBEAT_NOT_KEPT: {
    what: 'The heartbeat of this run, which dbsync status reads, could not be written to the target. The copy is not affected.',
    normal: null,
    remedy:
      'Look at the error that the message names. Where an account of its own copies, give it the rights on sync_heartbeats: see docs/databases.md.',
    exit: null,
  },
  INDEXES_BUILT: {
    what: 'dbsync built indexes that make reports fast, beside the copy.',
    normal:
      'Once, after an upgrade from a release that built none, and at the start of a copy that db_init did not fill.',
    remedy: 'Nothing to do. With --report-indexes false dbsync builds none.',
    exit: null,
  },
  INDEXES_NOT_BUILT: {
    what: 'The target could not be asked which indexes for reports it lacks, or the sink failed while it built them. The copy is not affected.',
    normal: null,
    remedy:
      'Look at the error that the message names. dbsync tries again later; with --report-indexes false it builds none.',
    exit: null,
  },
  RECORDS_NOT_FILLED: {
    what: 'dbsync could not continue to move values of stored records into new fields: the target refused a part of the work. The copy is not affected: the values are in $overflow.',
    normal: 'While other programs hold locks for more than a minute.',
    remedy:
      'Look at the error that the message names. dbsync tries again later, after an hour at most, and continues where it was.',
    exit: null,
  },
  FIELDS_UNKNOWN: {
    what: "The list of the campaign's fields cannot be fetched: the copy continues with its present fields, and values of new ones go to $overflow until the list comes. A first start waits for it.",
    normal: 'For minutes, during maintenance. dbsync asks for the list again at each listing.',
    remedy: 'If it stays, report it to the API operator: the log lines before quote its answer.',
    exit: null,
  },
  STREAM_HELD: {
    what: 'Another process copies this campaign to this target right now.',
    normal: 'When db_init is started while a daemon runs.',
    remedy: 'Stop the process that the message names, or let it do the work: a daemon finds all changes by itself.',
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
    what: 'The API lists this contact, but gives no body of it.',
    normal: 'For a while behind a replica that lags.',
    remedy:
      'Nothing to do at once: dbsync tries it again after five minutes, and then less and less often. If it stays, report the contact to the API operator.',
    exit: null,
  },
  CONTACT_GONE: {
    what: 'A contact that an event named is not in any listing any more: it was deleted.',
    normal: 'Whenever contacts are deleted in the campaign. Its rows stay.',
    remedy: 'Nothing to do.',
    exit: null,
  },
  ...rowErrorCodes,
  ...fieldErrorCodes,
  ...sinkErrorCodes,
  ...verifyErrorCodes,
  STORE_FAILED: {
    what: 'The target failed in a way that its sink does not explain.',
    normal: null,
    remedy: 'dbsync keeps trying for ten minutes. If it stays, report the message to the author of the sink.',
    exit: null,
  },
  STORE_ERROR_LASTS: {
    what: 'The target answered with an error that dbsync does not know, again and again for ten minutes, and the same work never succeeded. So the run ended.',
    normal: null,
    remedy:
      'The message quotes the target. Look for the cause there, such as a trigger, a rule or a view that dbsync did not make. Remove it, then start dbsync again: it continues where it was.',
    exit: 3,
  },
  STORE_WENT_BACK: {
    what: 'The target has less progress than this process saw in it before: it was restored from a backup, or emptied. dbsync reads again from the progress that is there.',
    normal: 'After a backup was restored.',
    remedy:
      'If you restored a backup, there is nothing to do. If no progress is left, run db_init: it copies the earlier records.',
    exit: null,
  },
  ...deliveryErrorCodes,
  PROGRESS_AHEAD: {
    what: 'The recorded progress names an instant that is later than now by the clock of the API and by the clock of this machine, so dbsync set it back to now, and lists and reads the skipped time again.',
    normal: 'Once after the clocks of the API and of this machine were both ahead, and were set right.',
    remedy:
      'Check the clock of this machine. If the message names since, give --since with the time at which this copy began: dbsync then fetches all changes since that time.',
    exit: null,
  },
  COPY_BEGINS_NOW: {
    what: 'db_sync found no copy of the campaign in the target, and no --since was given: it copies changes since its start, and none before. The first cycle line of each day says so until a db_init has completed.',
    normal: 'On the first start of db_sync without a db_init before it.',
    remedy:
      'Stop db_sync, run the db_init line of the message, and start db_sync again. For a copy that should begin at a later time, give --since.',
    exit: null,
  },
  BACKFILL_STARTED: {
    what: 'An earlier --since than before was given: dbsync copies the time between beside the live events.',
    normal: 'Once after you gave an earlier --since.',
    remedy: 'Nothing to do; a restart resumes it.',
    exit: null,
  },
  REQUEST_UNREADABLE: {
    what: 'A row in the mailbox of the target is no request that dbsync knows, so it was removed; the other requests are carried out. Where many are removed at once, the log line gives their number and names one of them.',
    normal: null,
    remedy: 'Use dbsync dead-letters replay or drop; other programs must not write to the mailbox.',
    exit: null,
  },
  REQUEST_UNFIT: {
    what: 'A command asked for something that the mailbox of the target does not take. A request has at most 4 MiB, and a key at most 1,000 characters; a time is between 2000 and 2100. The message names the value. The command posted nothing.',
    normal: null,
    remedy: 'Name fewer contacts at a time, or correct the value.',
    exit: 2,
  },
  ...erasureErrorCodes,
  REPLAY_IMPOSSIBLE: {
    what: 'A dead letter cannot be replayed: it names no contact, or the API no longer has the contact and the dead letter does not hold it whole.',
    normal: null,
    remedy: 'Read it with dead-letters show, then drop it, or keep it.',
    exit: null,
  },
} as const satisfies Record<string, ErrorCode>;

/** The name of a code of core. */
export type ErrorCodeName = keyof typeof errorCodes;

/** The codes of errors, which can end the process. The others are notices. */
export type FailureCode = {
  [Name in ErrorCodeName]: (typeof errorCodes)[Name]['exit'] extends null ? never : Name;
}[ErrorCodeName];
