import { connectionTexts } from './connection-text.js';
import { isoTime } from './iso-time.js';
import type { Random } from './random.js';
import { TASKS, type Task } from './tasks.js';

/** The facts that a transaction has from its contact and its position among the others. */
export interface TransactionPosition {
  readonly contactId: string;
  readonly phone: string;
  /** The number, from 1. */
  readonly sequenceNr: number;
  readonly firedMs: number;
}

/** Returns the task of a transaction of the past: leads are called, some are checked at last. */
export function taskOf(isLast: boolean, random: Random): Task {
  return isLast && random.chance(0.3) ? TASKS.check : TASKS.lead;
}

/** Writes a transaction as JSON text, with its connections and their recordings. */
export function transactionText(position: TransactionPosition, task: Task, random: Random): string {
  const agent = 1 + random.int(20);
  const isDialed = random.chance(0.2);
  const user = isDialed ? 'null' : `"Agent ${agent}"`;
  const login = isDialed ? 'null' : `"agent${agent}@example.com"`;
  const status = random.pick(STATUSES);
  const fired = isoTime(position.firedMs);
  const made = isoTime(position.firedMs - 250_000);
  const call = {
    contactId: position.contactId,
    taskId: task.id,
    user: `Agent ${agent}`,
    phone: position.phone,
    firedMs: position.firedMs,
  };
  return (
    `{"id":"${position.contactId}","task_id":"${task.id}","task":"${task.name}","status":"${status[0]}",` +
    `"status_detail":"${status[1]}","fired":"${fired}","sequence_nr":${position.sequenceNr},"version":"${random.hex(8)}",` +
    `"entry_date":"${made}","created_date":"${fired}","pause_time_sec":${random.int(60)},"edit_time_sec":${random.int(300)},` +
    `"wrapup_time_sec":${random.int(90)},"wait_time_sec":${random.int(40)},"user":${user},"user_loginName":${login},` +
    `"user_branch":"Branch ${1 + (agent % 3)}","user_tenantAlias":"tenant",` +
    `"actor":"${isDialed ? 'dialer' : 'agent'}","type":"${random.chance(0.8) ? 'update' : 'move'}",` +
    `"result":"${status[2]}","trigger":"${isDialed ? 'dialer' : 'form'}","isHI":${!isDialed},"revoked":false,` +
    `"phone":"${position.phone}","timezone":"Europe/Berlin","data":{"interest":"${random.chance(0.5) ? 'yes' : 'later'}"},` +
    `"connections":[${connectionTexts(call, random).join(',')}]}`
  );
}

/** Status, its detail, and the result of the call. */
const STATUSES = [
  ['open', '$none', 'no_answer'],
  ['open', '$assigned', 'assigned'],
  ['open', '$follow_up_auto', 'busy'],
  ['success', 'interested', 'talked'],
  ['success', 'appointment', 'talked'],
  ['declined', 'no_interest', 'talked'],
  ['declined', 'wrong_number', 'unreachable'],
] as const;
