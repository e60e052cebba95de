import { eachConnection, eachTransaction, recordingSlots } from './contact-record.js';
import type { Hazard } from './hazard.js';
import {
  HOSTILE_FOR_BOOLEAN,
  HOSTILE_FOR_NUMBER,
  HOSTILE_NAMES,
  HOSTILE_NUMBERS,
  HOSTILE_TEXTS,
  HOSTILE_TIMES,
  JSON_TYPES,
} from './hostile-values.js';
import { type Json, type JsonObject, setOwn } from './json.js';
import type { Random } from './random.js';

/** Records whose values are hard to keep. */
export const VALUE_HAZARDS: readonly Hazard[] = [
  hostileTexts,
  hugeText,
  hostileNumbers,
  emptyAndNull,
  everyJsonType,
  hostileNames,
  hostileTimes,
  wrongTypes,
  oddFixedFields,
];

function hostileTexts(contact: JsonObject): void {
  setEach(contact, 'text', HOSTILE_TEXTS);
  contact.$comment = HOSTILE_TEXTS.join(' ');
  eachTransaction(contact, (transaction, index) => {
    Object.assign(transaction, { status: textAt(index), user: textAt(index + 1), result: textAt(index + 2) });
    eachConnection(transaction, (connection, connectionIndex) => {
      Object.assign(connection, {
        user: textAt(connectionIndex + 3),
        dialerdomain: textAt(connectionIndex + index + 4),
      });
      for (const { record } of recordingSlots(connection)) record.filename = textAt(connectionIndex + 5);
    });
  });
}

function hugeText(contact: JsonObject, random: Random, round: number): void {
  const length = round % 8 === 0 ? 1_000_000 : 70_000;
  contact.$comment = `${random.hex(8)} `.repeat(length / 9);
  setOwn(contact, 'company', 'ü😀'.repeat(2000));
}

function hostileNumbers(contact: JsonObject): void {
  setEach(contact, 'number', HOSTILE_NUMBERS);
  setOwn(contact, 'revenue', numberAt(4));
  contact.$call_order = numberAt(1);
  eachTransaction(contact, (transaction, index) => {
    transaction.pause_time_sec = numberAt(index);
    transaction.edit_time_sec = numberAt(index + 4);
    transaction.wrapup_time_sec = numberAt(index + 8);
    transaction.status_detail = numberAt(index + 5);
    eachConnection(transaction, (connection, connectionIndex) => {
      connection.duration = numberAt(index + connectionIndex);
      connection.code = numberAt(connectionIndex + 3);
    });
  });
}

function emptyAndNull(contact: JsonObject): void {
  const keep = new Set(['$id', '$task_log']);
  const names = Object.keys(contact).filter((name) => !keep.has(name));
  for (const [index, name] of names.entries()) setOwn(contact, name, index % 2 === 0 ? '' : null);
  eachTransaction(contact, (transaction, index) => {
    const first = index % 2 === 0 ? '' : null;
    Object.assign(transaction, { pause_time_sec: first, user: '', isHI: first, trigger: null, data: first });
    eachConnection(transaction, (connection) => {
      Object.assign(connection, { started: '', connected: first, duration: first, isThirdPartyConnection: first });
      for (const { record } of recordingSlots(connection)) record.stopped = '';
    });
  });
}

function everyJsonType(contact: JsonObject): void {
  setEach(contact, 'type', JSON_TYPES);
  setOwn(contact, 'company', [{ name: 'Company 1' }]);
  setOwn(contact, 'notes', { text: 'an object', more: null });
  contact.$owner = ['Agent 1', 'Agent 2'];
  eachTransaction(contact, (transaction, index) => {
    transaction.status_detail = typeAt(index + 7);
    transaction.result = typeAt(index + 1);
    transaction.user_branch = typeAt(index + 9);
  });
}

function hostileNames(contact: JsonObject): void {
  for (const [index, name] of HOSTILE_NAMES.entries()) setOwn(contact, name, `value ${index}`);
  eachTransaction(contact, (transaction) => {
    setOwn(transaction, '__proto__', { polluted: true });
    setOwn(transaction, 'constructor', 'mine');
    setOwn(transaction, '$changed', '2001-01-01T00:00:00.000Z');
    setOwn(transaction, '$overflow', { a: 1 });
    setOwn(transaction, 'FIRED', 'another key');
    eachConnection(transaction, (connection) => setOwn(connection, '__proto__', 'text'));
  });
}

function hostileTimes(contact: JsonObject, _random: Random, round: number): void {
  Object.assign(contact, {
    $created_date: timeAt(round),
    $entry_date: timeAt(round + 1),
    $follow_up_date: timeAt(round + 2),
  });
  setEach(contact, 'time', HOSTILE_TIMES);
  setOwn(contact, 'birthday', timeAt(round + 4));
  setOwn(contact, 'appointment', timeAt(round + 8));
  let next = round;
  eachTransaction(contact, (transaction, index) => {
    if (index === 0) transaction.fired = 'not a time';
    eachConnection(transaction, (connection) => {
      for (const name of ['fired', 'started', 'initiated', 'connected', 'disconnected', 'ended']) {
        connection[name] = timeAt(next++);
      }
      for (const { record } of recordingSlots(connection)) record.stopped = timeAt(next++);
    });
  });
}

function wrongTypes(contact: JsonObject, _random: Random, round: number): void {
  let next = round;
  eachTransaction(contact, (transaction) => {
    transaction.pause_time_sec = at(HOSTILE_FOR_NUMBER, next);
    transaction.edit_time_sec = at(HOSTILE_FOR_NUMBER, next + 4);
    transaction.isHI = at(HOSTILE_FOR_BOOLEAN, next);
    transaction.revoked = at(HOSTILE_FOR_BOOLEAN, next + 5);
    eachConnection(transaction, (connection) => {
      connection.duration = at(HOSTILE_FOR_NUMBER, next++);
      connection.isThirdPartyConnection = at(HOSTILE_FOR_BOOLEAN, next);
      connection.call_uuid = 17;
    });
  });
}

function oddFixedFields(contact: JsonObject, random: Random): void {
  Object.assign(contact, {
    $phone: 493012345,
    $version: random.int(99),
    $status: { open: true },
    $ref: 'r'.repeat(300),
  });
  eachTransaction(contact, (transaction) => {
    Object.assign(transaction, {
      type: null,
      task: 'x'.repeat(5000),
      user: null,
      isHI: null,
      fired: transaction.fired ?? null,
    });
  });
}

/** Sets fields `<stem> 0`, `<stem> 1` and so on. */
function setEach(contact: JsonObject, stem: string, values: readonly Json[]): void {
  for (const [index, value] of values.entries()) setOwn(contact, `${stem} ${index}`, value);
}

function textAt(index: number): string {
  return at(HOSTILE_TEXTS, index);
}

function numberAt(index: number): Json {
  return at(HOSTILE_NUMBERS, index);
}

function typeAt(index: number): Json {
  return at(JSON_TYPES, index);
}

function timeAt(index: number): Json {
  return at(HOSTILE_TIMES, index);
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index % list.length];
  if (value === undefined) throw new RangeError('The list is empty.');
  return value;
}
