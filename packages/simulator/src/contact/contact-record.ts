import { isObject, type Json, type JsonObject, objectsIn } from './json.js';

/** A record, and its place in a list of records. */
export interface Slot {
  readonly record: JsonObject;
  readonly list: Json[];
}

/** Returns all transactions of a contact, in the order of its task log. */
export function transactionSlots(contact: JsonObject): Slot[] {
  return objectsIn(contact.$task_log).flatMap((entry) => slotsIn(entry.transactions));
}

/** Returns all connections of a transaction, each before the third parties that it holds. */
export function connectionSlots(transaction: JsonObject): Slot[] {
  return slotsIn(transaction.connections).flatMap(withThirdParties);
}

export function recordingSlots(connection: JsonObject): Slot[] {
  return slotsIn(connection.recordings);
}

/** Visits the transactions. @param index of the transaction among all of the contact */
export function eachTransaction(contact: JsonObject, visit: (transaction: JsonObject, index: number) => void): void {
  transactionSlots(contact).forEach(({ record }, index) => void visit(record, index));
}

/** Visits the connections. @param index of the connection among all of the transaction */
export function eachConnection(transaction: JsonObject, visit: (connection: JsonObject, index: number) => void): void {
  connectionSlots(transaction).forEach(({ record }, index) => void visit(record, index));
}

export function parseRecord(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

/** Puts a record into the list of that name, which is made where there is none. */
export function addTo(holder: JsonObject, listName: string, record: JsonObject): void {
  const list = holder[listName];
  if (Array.isArray(list)) list.push(record);
  else holder[listName] = [record];
}

function withThirdParties(slot: Slot): Slot[] {
  return [slot, ...slotsIn(slot.record.third_party_connections).flatMap(withThirdParties)];
}

function slotsIn(value: Json | undefined): Slot[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((record) => (isObject(record) ? [{ record, list: value }] : []));
}
