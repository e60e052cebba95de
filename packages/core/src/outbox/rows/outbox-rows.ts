import type { DatabaseSync } from 'node:sqlite';
import { type AcceptedRows, createAcceptedRows } from './accepted-rows.js';
import { type ActRows, createActRows } from './act-rows.js';
import { type AttemptLog, createAttemptLog, type Keeping } from './attempt-log.js';
import { type AuditRows, createAuditRows } from './audit-rows.js';
import type { BeatClock } from './beat-clock.js';
import { type ContactVersions, createContactVersions } from './contact-versions.js';
import { type ControlRow, createControlRow } from './control-row.js';
import { createDeliveryLedger, type DeliveryLedger } from './delivery-ledger.js';
import { createDeliveryTargets, type DeliveryTargets } from './delivery-targets.js';
import { createDueMessages, type DueMessages } from './due-messages.js';
import { createForgottenRows, type ForgottenRows } from './forgotten-rows.js';
import { createHeartbeatRows, type HeartbeatRows } from './heartbeat-rows.js';
import { createKeptDeadLetters, type KeptDeadLetters } from './kept-dead-letters.js';
import { createMessageTimes, type MessageTimes } from './message-times.js';
import { createQueuePages, type QueuePages } from './queue-pages.js';
import { createRequestMailbox, type RequestMailbox } from './request-mailbox.js';
import { createSpareRoom, type SpareRoom } from './spare-room.js';
import { createStreamRows, type StreamRows } from './stream-rows.js';
import { createWaitingMessages, type WaitingMessages } from './waiting-messages.js';

/** The access to all tables of an open file, with prepared statements. */
export interface OutboxRows {
  readonly db: DatabaseSync;
  readonly targets: DeliveryTargets;
  readonly streams: StreamRows;
  readonly contacts: ContactVersions;
  readonly ledger: DeliveryLedger;
  readonly messages: WaitingMessages;
  readonly due: DueMessages;
  readonly times: MessageTimes;
  readonly deadLetters: KeptDeadLetters;
  readonly requests: RequestMailbox;
  readonly attemptLog: AttemptLog;
  readonly accepted: AcceptedRows;
  readonly pages: QueuePages;
  readonly acts: ActRows;
  readonly audit: AuditRows;
  readonly control: ControlRow;
  readonly spareRoom: SpareRoom;
  readonly forgotten: ForgottenRows;
  readonly heartbeats: HeartbeatRows;
}

export function openRows(db: DatabaseSync, keeping: Keeping, clock: BeatClock): OutboxRows {
  return {
    db,
    targets: createDeliveryTargets(db),
    streams: createStreamRows(db, clock),
    contacts: createContactVersions(db),
    ledger: createDeliveryLedger(db),
    messages: createWaitingMessages(db),
    due: createDueMessages(db),
    times: createMessageTimes(db),
    deadLetters: createKeptDeadLetters(db),
    requests: createRequestMailbox(db),
    attemptLog: createAttemptLog(db, keeping),
    accepted: createAcceptedRows(db),
    pages: createQueuePages(db),
    acts: createActRows(db),
    audit: createAuditRows(db),
    control: createControlRow(db),
    spareRoom: createSpareRoom(db),
    forgotten: createForgottenRows(db),
    heartbeats: createHeartbeatRows(db),
  };
}
