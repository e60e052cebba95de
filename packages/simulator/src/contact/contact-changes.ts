import { newConnectionId } from './connection-id.js';
import { addTo, connectionSlots, parseRecord, recordingSlots, type Slot, transactionSlots } from './contact-record.js';
import { type CustomField, customValueText } from './custom-fields.js';
import { isoTime } from './iso-time.js';
import { type Json, type JsonObject, objectsIn, setOwn } from './json.js';
import { createRandom, type Random } from './random.js';
import { TASKS } from './tasks.js';
import { transactionText } from './transaction-text.js';

/** One change of a contact. Applied to the same record it always does the same. */
export interface ContactChange {
  readonly kind: ContactChangeKind;
  readonly atMs: number;
  /** The seed of the change. */
  readonly seed: number;
  /** The custom field that an edit sets. */
  readonly field: CustomField | null;
}

/** The kinds of changes of a contact. */
export type ContactChangeKind = keyof typeof CHANGES;

/** Changes the record in place. Where it has nothing of the kind to change, it is edited instead. */
export function applyChange(contact: JsonObject, change: ContactChange): void {
  const random = createRandom(change.seed);
  contact.$version = random.hex(16);
  if (!CHANGES[change.kind](contact, change, random)) edit(contact, change, random);
}

type Apply = (contact: JsonObject, change: ContactChange, random: Random) => boolean;

const CHANGES = {
  /** A new transaction, its call mostly still open. */
  transaction: addTransaction,
  /** A new transaction with the `fired` of another. */
  twin: addTwin,
  /** An open call gets its end, and a recording that has no location yet. */
  'call-ends': endCall,
  /** A recording gains its location. */
  'recording-located': locateRecording,
  /** An old transaction changes, its place in time stays. */
  'late-change': changeTransaction,
  /** An old transaction changes, and is listed by a second line at the time of the change. */
  'relisted-change': changeTransaction,
  /** The contact changes without a change of a transaction. */
  edit,
  /** A transaction, connection or recording leaves the body. */
  'vanish-child': removeChild,
} satisfies Record<string, Apply>;

function addTransaction(contact: JsonObject, change: ContactChange, random: Random): boolean {
  const task = random.chance(0.8) ? TASKS.lead : TASKS.check;
  const transactionPosition = {
    contactId: String(contact.$id),
    phone: typeof contact.$phone === 'string' && /^\+\d+$/.test(contact.$phone) ? contact.$phone : '+493012345678',
    sequenceNr: nextSequenceNr(contact),
    firedMs: change.atMs,
  };
  const transaction = parseRecord(transactionText(transactionPosition, task, random));
  if (random.chance(0.7)) objectsIn(transaction.connections).forEach(reopen);
  const entry = objectsIn(contact.$task_log).find((candidate) => candidate.task === task.name);
  if (entry) addTo(entry, 'transactions', transaction);
  else addTo(contact, '$task_log', { task_id: task.id, task: task.name, transactions: [transaction] });
  Object.assign(contact, { $task: task.name, $task_id: task.id, $entry_date: isoTime(change.atMs) });
  return true;
}

function reopen(connection: JsonObject): void {
  for (const name of ['disconnected', 'ended', 'duration', 'hangup_party']) delete connection[name];
  connection.recordings = [];
  objectsIn(connection.third_party_connections).forEach(reopen);
}

/** Adds a twin. Half of the twins take the number of the existing transaction, which moves behind its twin. */
function addTwin(contact: JsonObject, change: ContactChange, random: Random): boolean {
  const slot = pickSlot(transactionSlots(contact).filter(isNumbered), random);
  if (!slot) return addTransaction(contact, change, random);
  const twin = parseRecord(JSON.stringify(slot.record));
  for (const { record } of connectionSlots(twin)) record.id = newConnectionId(String(contact.$id), random);
  twin.created_date = isoTime(change.atMs);
  twin.status_detail = 'twin';
  const moves = random.chance(0.5) ? slot.record : twin;
  moves.sequence_nr = nextSequenceNr(contact);
  slot.list.push(twin);
  return true;
}

function isNumbered(slot: Slot): boolean {
  return typeof slot.record.sequence_nr === 'number' && !Number.isNaN(Date.parse(String(slot.record.fired)));
}

function endCall(contact: JsonObject, change: ContactChange): boolean {
  const open = allConnections(contact).find(({ record }) => isOpen(record))?.record;
  if (!open) return false;
  const ended = isoTime(change.atMs);
  Object.assign(open, { disconnected: ended, ended, duration: 61_000, hangup_party: 'agent' });
  addTo(open, 'recordings', {
    started: open.connected ?? ended,
    stopped: ended,
    filename: `${String(open.id)}-late.mp3`,
  });
  return true;
}

function isOpen(connection: JsonObject): boolean {
  return typeof connection.id === 'string' && typeof connection.started === 'string' && !('disconnected' in connection);
}

function locateRecording(contact: JsonObject): boolean {
  const recordings = allConnections(contact).flatMap(({ record }) => recordingSlots(record));
  const unplaced = recordings.find(({ record }) => typeof record.filename === 'string' && !('location' in record));
  if (!unplaced) return false;
  unplaced.record.location = `https://recordings.example.com/${unplaced.record.filename}`;
  return true;
}

function changeTransaction(contact: JsonObject, change: ContactChange, random: Random): boolean {
  const transaction = pickSlot(transactionSlots(contact), random)?.record;
  if (!transaction) return false;
  transaction.version = random.hex(8);
  const status = { status: 'success', status_detail: `late ${random.int(1000)}`, revoked: random.chance(0.2) };
  const times = { wrapup_time_sec: 100 + random.int(100), edit_time_sec: random.int(900) };
  if (random.chance(0.4)) Object.assign(transaction, status);
  else if (random.chance(0.5)) Object.assign(transaction, times);
  else addThirdParty(transaction, String(contact.$id), change, random);
  return true;
}

function addThirdParty(transaction: JsonObject, contactId: string, change: ContactChange, random: Random): void {
  const holder = pickSlot(connectionSlots(transaction), random)?.record;
  const started = isoTime(change.atMs);
  const connection = { id: newConnectionId(contactId, random), started, fired: started, technology: 'thirdparty' };
  if (holder) addTo(holder, 'third_party_connections', { ...connection, isThirdPartyConnection: true });
  else addTo(transaction, 'connections', { ...connection, technology: 'sip' });
}

function edit(contact: JsonObject, change: ContactChange, random: Random): boolean {
  contact.$comment = `Edited ${random.int(1_000_000)}`;
  if (random.chance(0.3)) contact.$status = random.pick(['open', 'success', 'declined']);
  if (random.chance(0.3)) contact.$follow_up_date = isoTime(change.atMs + 86_400_000);
  if (change.field === null) return true;
  if (Object.hasOwn(contact, change.field.name) && random.chance(0.2)) delete contact[change.field.name];
  else setOwn(contact, change.field.name, JSON.parse(customValueText(change.field, random)) as Json);
  return true;
}

/** Removes a record, but no twin: the rest of a body never takes the id of a removed record. */
function removeChild(contact: JsonObject, _change: ContactChange, random: Random): boolean {
  const transactions = transactionSlots(contact);
  const connections = transactions.flatMap(({ record }) => connectionSlots(record));
  const recordings = connections.flatMap(({ record }) => recordingSlots(record));
  const alone = transactions.filter(
    ({ record }) => transactions.filter((t) => t.record.fired === record.fired).length === 1,
  );
  const slot = pickSlot([random.pick([alone, connections, recordings]), connections, alone].find(hasAny) ?? [], random);
  if (!slot) return false;
  slot.list.splice(slot.list.indexOf(slot.record), 1);
  return true;
}

function hasAny(slots: readonly Slot[]): boolean {
  return slots.length > 0;
}

function allConnections(contact: JsonObject): Slot[] {
  return transactionSlots(contact).flatMap(({ record }) => connectionSlots(record));
}

function nextSequenceNr(contact: JsonObject): number {
  const numbers = transactionSlots(contact).map(({ record }) => record.sequence_nr);
  return 1 + numbers.reduce<number>((most, number) => (typeof number === 'number' && number > most ? number : most), 0);
}

function pickSlot(slots: readonly Slot[], random: Random): Slot | undefined {
  return slots.length === 0 ? undefined : random.pick(slots);
}
