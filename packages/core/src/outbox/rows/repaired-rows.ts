import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';
import { isImpossibleNumber, MOST_COUNTED, repairMessageNumbers } from './message-numbers.js';

/**
 * Repairs rows that other programs have changed in the file (R36), within the commit of a claim: row numbers that
 * counting never reaches, the first messages of contacts, counts of a stream, and the row of `control`. It reads the
 * ends of indexes, and counts rows: that takes 5 ms with 100,000 waiting messages. It changes nothing in a sound file.
 */
export function repairRows(db: DatabaseSync): void {
  repairStreamNumbers(db);
  repairMessageNumbers(db);
  for (const table of NUMBERED) repairNumbers(db, table);
  db.exec(REPAIR_SEQUENCES);
  db.exec(REPAIR_CONTROL);
  for (const { nr } of prepareQuery<{ readonly nr: number }>(db, 'SELECT nr FROM streams').all()) repairQueues(db, nr);
}

/**
 * In a file of one stream, gives the stream the number that its contacts name. Then gives that number to messages and
 * dead letters that name no stream.
 */
function repairStreamNumbers(db: DatabaseSync): void {
  const { streams } =
    prepareQuery<{ readonly streams: number }>(db, 'SELECT count(*) AS streams FROM streams').get() ?? {};
  if (streams === 1) db.exec(REPAIR_STREAM_NUMBERS);
}

const OWN = '(SELECT nr FROM streams)';
const NUMBER_OF_CONTACTS = `(SELECT max(stream_nr) FROM contacts WHERE stream_nr BETWEEN 1 AND ${MOST_COUNTED})`;
const LEFT_ALONE = ['messages', 'dead_letters'].map(
  (table) => `
  UPDATE OR IGNORE ${table} SET stream_nr = ${OWN} WHERE stream_nr <> ${OWN}
    AND ((SELECT min(stream_nr) FROM ${table}) <> ${OWN} OR (SELECT max(stream_nr) FROM ${table}) <> ${OWN});`,
);
const REPAIR_STREAM_NUMBERS = `
  UPDATE streams SET nr = ${NUMBER_OF_CONTACTS}
  WHERE ${NUMBER_OF_CONTACTS} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contacts WHERE stream_nr = streams.nr);
  ${LEFT_ALONE.join('')}`;

/** The tables with numbered rows, except messages and bodies, which share their numbers. */
const NUMBERED = ['attempts', 'acts', 'requests', 'sync_audit', 'proofs'] as const;

/** Gives rows with an impossible number the next free number. */
function repairNumbers(db: DatabaseSync, table: string): void {
  const isImpossible = isImpossibleNumber('nr');
  const impossible = prepareQuery<{ readonly found: 1 }>(
    db,
    `SELECT 1 AS found FROM ${table} WHERE ${isImpossible} LIMIT 1`,
  );
  const sound = `SELECT ifnull(max(nr), 0) + 1 FROM ${table} WHERE nr BETWEEN 0 AND ${MOST_COUNTED}`;
  const repair = db.prepare(
    `UPDATE ${table} SET nr = (${sound}) WHERE nr = (SELECT nr FROM ${table} WHERE ${isImpossible} LIMIT 1)`,
  );
  while (impossible.get() !== undefined) repair.run();
}

const REPAIR_SEQUENCES = ['acts', 'requests', 'sync_audit']
  .map((table) => {
    const last = `(SELECT ifnull(max(nr), 0) FROM ${table})`;
    return `UPDATE sqlite_sequence SET seq = ${last}
      WHERE name = '${table}' AND (typeof(seq) <> 'integer' OR seq > ${MOST_COUNTED} OR seq < ${last});`;
  })
  .join('\n');

/** A `bodies_from` behind the last attempt would keep all bodies for ever. */
const REPAIR_CONTROL = `
  INSERT OR IGNORE INTO control (nr) VALUES (1);
  UPDATE control SET bodies_from = 0
  WHERE bodies_from < 0 OR bodies_from > (SELECT ifnull(max(nr), 0) + 1 FROM attempts);`;

/** Counts the waiting messages, and the first messages of contacts. If the stored values differ, corrects both. */
function repairQueues(db: DatabaseSync, streamNr: number): void {
  const count = (text: string) => prepareQuery<{ readonly n: number }>(db, text).get(streamNr)?.n ?? 0;
  const messages = count('SELECT count(*) AS n FROM messages WHERE stream_nr = ?');
  const firsts =
    count(`SELECT count(*) AS n FROM messages INDEXED BY messages_ready
           WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NULL`) +
    count(`SELECT count(*) AS n FROM messages INDEXED BY messages_retry
           WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NOT NULL`);
  const kept =
    'SELECT count(*) AS n FROM streams WHERE nr = ? AND messages = ? AND lines = ? AND accepted BETWEEN 0 AND ?';
  const isKept = prepareQuery<{ readonly n: number }>(db, kept).get(streamNr, messages, firsts, MOST_COUNTED)?.n === 1;
  if (isKept) return;
  db.prepare(REPAIR_FIRSTS).run(streamNr);
  db.prepare(REPAIR_COUNTS).run(streamNr);
}

const IS_FIRST = `nr = (
  SELECT min(nr) FROM messages AS own WHERE own.stream_nr = messages.stream_nr AND own.contact = messages.contact)`;

const REPAIR_FIRSTS = `UPDATE messages SET is_head = (${IS_FIRST}) WHERE stream_nr = ? AND is_head IS NOT (${IS_FIRST})`;

const REPAIR_COUNTS = `
  UPDATE streams SET accepted = max(0, min(accepted, 1000000000000)),
    messages = (SELECT count(*) FROM messages WHERE stream_nr = streams.nr),
    lines = (SELECT count(*) FROM messages WHERE stream_nr = streams.nr AND is_head = 1)
  WHERE nr = ?`;
