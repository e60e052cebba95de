import { type CustomField, customValueText } from './custom-fields.js';
import { isoTime } from './iso-time.js';
import { createRandom } from './random.js';
import type { Task } from './tasks.js';
import { taskOf, transactionText } from './transaction-text.js';

/** The facts from which a contact is made, beside its seed. */
export interface ContactSource {
  readonly id: string;
  /** Null: the body goes without `$md5`. */
  readonly md5: string | null;
  readonly campaign: string;
  readonly fields: readonly CustomField[];
  readonly createdMs: number;
  /** The times at which its transactions were fired, in their order. */
  readonly firedMs: readonly number[];
}

/**
 * Writes a contact of the past as the API wrote it. It is text from the start, put together from pieces: a third of the
 * time of making objects and serialising them.
 */
export function contactText(source: ContactSource, seed: number): string {
  const random = createRandom(seed);
  const phone = `+4930${1_000_000 + random.int(8_999_999)}`;
  const made = isoTime(source.createdMs);
  const lastFiredMs = source.firedMs.at(-1) ?? source.createdMs;
  const log = createTaskLog();
  source.firedMs.forEach((firedMs, position) => {
    const task = taskOf(position === source.firedMs.length - 1, random);
    const transactionPosition = { contactId: source.id, phone, sequenceNr: position + 1, firedMs };
    log.add(task, transactionText(transactionPosition, task, random));
  });
  const task = log.lastTask();
  let custom = '';
  for (const field of source.fields) {
    if (!random.chance(0.1)) custom += `"${field.name}":${customValueText(field, random)},`;
  }
  return (
    `{"$id":"${source.id}",${source.md5 === null ? '' : `"$md5":"${source.md5}",`}"$ref":"ref-${random.int(1_000_000_000)}","$version":"${random.hex(16)}",` +
    `"$campaign_id":"${source.campaign}","$task_id":${task ? `"${task.id}"` : 'null'},"$task":${task ? `"${task.name}"` : 'null'},` +
    `"$status":"${random.chance(0.5) ? 'open' : 'success'}","$status_detail":"${random.chance(0.5) ? '$none' : 'interested'}",` +
    `"$created_date":"${made}","$entry_date":"${isoTime(lastFiredMs)}","$owner":"Agent ${1 + random.int(20)}",` +
    `"$follow_up_date":${random.chance(0.3) ? `"${isoTime(lastFiredMs + 3_600_000)}"` : 'null'},"$phone":"${phone}",` +
    `"$timezone":"Europe/Berlin","$caller_id":"+493055500","$source":"import ${random.int(40)}","$comment":"",` +
    `"$error":null,"$recording":null,"$recording_url":null,"$call_order":${random.int(1000)},` +
    `"$trigger":"form","$$fc_lead_status":"${random.chance(0.5) ? 'open' : 'closed'}",${custom}` +
    `"$task_log":[${log.text()}]}`
  );
}

/** Groups transactions under the entries of their tasks, in the order of their first. */
function createTaskLog() {
  const entries = new Map<Task, string>();
  let last: Task | undefined;
  return {
    add(task: Task, transaction: string): void {
      const before = entries.get(task);
      entries.set(task, before === undefined ? transaction : `${before},${transaction}`);
      last = task;
    },
    lastTask: () => last,
    text: () =>
      [...entries]
        .map(
          ([task, transactions]) => `{"task_id":"${task.id}","task":"${task.name}","transactions":[${transactions}]}`,
        )
        .join(','),
  };
}
