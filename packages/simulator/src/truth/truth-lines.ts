import type { Campaign } from '../campaign/campaign.js';
import type { TransactionFilter } from '../campaign/transaction-filter.js';
import type { JsonObject } from '../contact/json.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { contactRows, type RecordLine, type TruthLine, type TruthRow } from './contact-rows.js';
import { isText } from './record-ids.js';

/**
 * Yields what a perfect copy of the campaign holds at that time: contact after contact, then the inbound calls. A
 * record is gone when the API had it and no longer has it, so that it stays in a copy that saw it. Former ids of
 * records are in no line, as no copy may keep them.
 */
export function* truthLines(
  campaign: Campaign,
  filter: TransactionFilter,
  faults: FaultPlan,
  nowMs: number,
): Generator<TruthLine, void, undefined> {
  const { contacts, inbound } = campaign;
  for (let index = 0; index < contacts.count; index++) yield* linesOfContact(index, campaign, filter, faults, nowMs);
  for (let call = 0; call < inbound.count; call++) yield lineOfCall(inbound.record(call, nowMs));
}

function* linesOfContact(
  index: number,
  { contacts }: Campaign,
  filter: TransactionFilter,
  faults: FaultPlan,
  nowMs: number,
): Generator<TruthLine> {
  const id = contacts.idOf(index);
  const past = createPastRows();
  let now: readonly RecordLine[] = [];
  let revision = 0;
  for (const record of contacts.history(index)) {
    record.$md5 = contacts.md5(index, revision++);
    now = contactRows(id, record, filter);
    past.add(now);
  }
  const isPoisonous = faults.poisonOf(index, id) !== undefined;
  const isThere = contacts.exists(index, nowMs);
  if (isThere && isPoisonous) yield { table: 'dead_letters', kind: 'fetch', contactId: id, record: null };
  const present = isThere && !isPoisonous ? now : [];
  for (const { line } of present) yield line;
  yield* past.goneBeside(present);
}

/** Remembers all rows that a contact ever had. */
function createPastRows() {
  const rows = new Map<JsonObject, Map<string, TruthRow>>();
  return {
    add(lines: readonly RecordLine[]): void {
      for (const { record, line } of lines) {
        if (line.table === 'dead_letters') continue;
        const ofRecord = rows.get(record) ?? new Map<string, TruthRow>();
        rows.set(record, ofRecord.set(line.id, line));
      }
    },
    /** Adds the rows of records that no longer exist, unless another record has their id now. */
    *goneBeside(present: readonly RecordLine[]): Generator<TruthRow> {
      const records = new Set(present.map(({ record }) => record));
      const ids = new Set(present.flatMap(({ line }) => (line.table === 'dead_letters' ? [] : keyOf(line))));
      for (const [record, ofRecord] of rows) {
        if (records.has(record)) continue;
        for (const row of ofRecord.values()) if (!ids.has(keyOf(row))) yield { ...row, gone: true };
      }
    },
  };
}

function keyOf({ table, id }: TruthRow): string {
  return `${table} ${id}`;
}

function lineOfCall(call: JsonObject): TruthLine {
  const contactId = isText(call.contact_id) ? call.contact_id : null;
  if (!isText(call.id)) return { table: 'dead_letters', kind: 'inbound-call', contactId, record: call };
  return { table: 'inbound_calls', id: call.id, contactId, derived: {}, values: call };
}
