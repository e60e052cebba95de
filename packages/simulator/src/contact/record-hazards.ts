import { newConnectionId } from './connection-id.js';
import {
  addTo,
  connectionSlots,
  eachConnection,
  eachTransaction,
  parseRecord,
  recordingSlots,
  transactionSlots,
} from './contact-record.js';
import type { Hazard } from './hazard.js';
import { type Json, type JsonObject, objectsIn, rawNumber, setOwn } from './json.js';
import type { Random } from './random.js';

/** Records that lack, repeat or misplace the parts of ids and parents. */
export const RECORD_HAZARDS: readonly Hazard[] = [
  withoutTaskLog,
  transactionWithoutFired,
  connectionWithoutId,
  recordingWithoutAnything,
  twinsByNumber,
  twinsByPosition,
  connectionIdTwice,
  foreignKeysOfItsOwn,
  unknownKeys,
  openCalls,
  deepThirdParties,
  transferFirst,
  recordingsByStart,
];

function withoutTaskLog(contact: JsonObject, _random: Random, round: number): void {
  const instead: readonly (Json | undefined)[] = [
    undefined,
    null,
    [],
    [null],
    [{ task: 'fc_lead' }],
    [{ transactions: null }],
  ];
  const value = instead[round % instead.length];
  if (value === undefined) delete contact.$task_log;
  else contact.$task_log = structuredClone(value);
}

function transactionWithoutFired(contact: JsonObject, _random: Random, round: number): void {
  const first = transactionSlots(contact)[0]?.record;
  if (first) spoil(first, 'fired', round);
}

function connectionWithoutId(contact: JsonObject, _random: Random, round: number): void {
  eachTransaction(contact, (transaction, index) => {
    const last = connectionSlots(transaction).at(-1)?.record;
    if (last) spoil(last, 'id', round + index);
  });
}

function recordingWithoutAnything(contact: JsonObject, _random: Random, round: number): void {
  eachTransaction(contact, (transaction, index) => {
    for (const { record } of connectionSlots(transaction)) {
      addTo(record, 'recordings', {
        stopped: '2024-01-01T00:00:00.000Z',
        filename: `nowhere-${index}.mp3`,
        location: '',
      });
      for (const recording of objectsIn(record.recordings)) spoil(recording, 'location', round);
      const last = recordingSlots(record).at(-1)?.record;
      if (last) spoil(last, 'started', round + index);
    }
  });
}

function twinsByNumber(contact: JsonObject, random: Random): void {
  const transactions = transactionSlots(contact).map(({ record }) => record);
  const fired = transactions[0]?.fired;
  transactions.forEach((transaction, index) => {
    if (fired !== undefined) transaction.fired = fired;
    transaction.sequence_nr = 100 - index;
  });
  if (transactions.length === 1) addCopy(contact, random, 1);
}

function twinsByPosition(contact: JsonObject, random: Random): void {
  addCopy(contact, random, null);
  addCopy(contact, random, null);
  const fired = transactionSlots(contact)[0]?.record.fired;
  eachTransaction(contact, (transaction) => {
    if (transaction.fired !== fired) return;
    delete transaction.sequence_nr;
    transaction.created_date = fired ?? null;
  });
}

function connectionIdTwice(contact: JsonObject): void {
  const holders = transactionSlots(contact).flatMap(({ record }) => connectionSlots(record).slice(0, 1));
  const [first, second] = holders;
  if (first && second) second.record.id = first.record.id ?? null;
}

function foreignKeysOfItsOwn(contact: JsonObject): void {
  eachTransaction(contact, (transaction, index) => {
    transaction.contact_id = index % 2 === 0 ? (contact.$id ?? null) : 'ANOTHERCONTACT00';
    if (index % 3 === 1) transaction.id = 'SOMETHINGELSE000';
    eachConnection(transaction, (connection, connectionIndex) => {
      connection.transaction_id = `tx-${connectionIndex}`;
      connection.contact_id = contact.$id ?? null;
      connection.parent_connection_id = connectionIndex % 2 === 0 ? null : 'parent';
      for (const { record } of recordingSlots(connection)) {
        Object.assign(record, { id: 7, connection_id: connection.id, contact_id: null });
      }
    });
  });
}

function unknownKeys(contact: JsonObject): void {
  setOwn(contact, '$$qc_check_status', { open: true });
  setOwn(contact, '$unheard_of', 'new');
  eachTransaction(contact, (transaction) => {
    setOwn(transaction, 'unheard_of', { deep: [1, { er: null }] });
    setOwn(transaction, '$id', 'dollar');
    eachConnection(transaction, (connection) => {
      setOwn(connection, 'quality', { mos: rawNumber('4.10'), jitter: null });
      for (const { record } of recordingSlots(connection)) setOwn(record, 'codec', 'opus');
    });
  });
}

function openCalls(contact: JsonObject): void {
  eachTransaction(contact, (transaction) => {
    eachConnection(transaction, (connection) => {
      for (const name of ['disconnected', 'ended', 'duration']) delete connection[name];
      connection.recordings = null;
    });
  });
}

function deepThirdParties(contact: JsonObject, random: Random): void {
  eachTransaction(contact, (transaction) => {
    let holder = connectionSlots(transaction)[0]?.record;
    for (let depth = 0; holder && depth < 4; depth++) {
      const inner: JsonObject = {
        id: newConnectionId(String(contact.$id), random),
        technology: depth === 1 ? 'transfer' : 'thirdparty',
      };
      addTo(holder, 'third_party_connections', inner);
      holder = inner;
    }
  });
}

function transferFirst(contact: JsonObject, random: Random): void {
  eachTransaction(contact, (transaction) => {
    const list = Array.isArray(transaction.connections) ? transaction.connections : [];
    const transfers = [0, 1].map(() => ({
      id: newConnectionId(String(contact.$id), random),
      technology: 'transfer',
      recordings: [],
    }));
    transaction.connections = [...transfers, ...list];
  });
}

function recordingsByStart(contact: JsonObject, _random: Random, round: number): void {
  eachTransaction(contact, (transaction) => {
    eachConnection(transaction, (connection) => {
      for (const { record } of recordingSlots(connection)) spoil(record, 'location', round);
    });
  });
}

function spoil(record: JsonObject, name: string, how: number): void {
  if (how % 3 === 0) delete record[name];
  else record[name] = how % 3 === 1 ? null : '';
}

function addCopy(contact: JsonObject, random: Random, sequenceNr: number | null): void {
  const slot = transactionSlots(contact)[0];
  if (!slot) return;
  const copy = parseRecord(JSON.stringify(slot.record));
  eachConnection(copy, (connection) => {
    connection.id = newConnectionId(String(contact.$id), random);
  });
  copy.sequence_nr = sequenceNr;
  slot.list.push(copy);
}
