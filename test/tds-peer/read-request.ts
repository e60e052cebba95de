import { type ByteReader, createByteReader } from './byte-reader.ts';
import { readColumns, readRow, tableToken } from './columns.ts';
import type { TdsValue } from './data-type.ts';
import type { Column, Parameter } from './requests.ts';
import { done } from './tokens.ts';
import { readType } from './type-info.ts';

/** The contents of a client's message, beside its headers. */
export interface Body<T> {
  /** The transaction that it belongs to, 0 for none. */
  readonly transaction: bigint;
  readonly body: T;
}

/** Reads an SQLBatch (MS-TDS 2.2.6.7). */
export function readBatch(payload: Buffer): Body<string> {
  const source = createByteReader(payload);
  const transaction = readHeaders(source);
  return { transaction, body: source.text(source.left / 2) };
}

export interface Call {
  readonly procedure: string;
  readonly parameters: readonly Parameter[];
}

/** Procedures that have numbers (MS-TDS 2.2.6.6, ProcID), from 1. */
const procedures = [
  'sp_cursor',
  'sp_cursoropen',
  'sp_cursorprepare',
  'sp_cursorexecute',
  'sp_cursorprepexec',
  'sp_cursorunprepare',
  'sp_cursorfetch',
  'sp_cursoroption',
  'sp_cursorclose',
  'sp_executesql',
  'sp_prepare',
  'sp_execute',
  'sp_prepexec',
  'sp_prepexecrpc',
  'sp_unprepare',
];
const NAMED_BY_NUMBER = 0xffff;
const BY_REFERENCE = 0x01;

/** Reads an RPC Request of one procedure (MS-TDS 2.2.6.6). */
export function readCall(payload: Buffer): Body<Call> {
  const source = createByteReader(payload);
  const transaction = readHeaders(source);
  const length = source.u16();
  const procedure = length === NAMED_BY_NUMBER ? procedures[source.u16() - 1] : source.text(length);
  if (procedure === undefined) throw new Error('A procedure is called by a number that none has');
  source.u16();
  const parameters: Parameter[] = [];
  while (source.left > 0) parameters.push(readParameter(source));
  return { transaction, body: { procedure, parameters } };
}

function readParameter(source: ByteReader): Parameter {
  const name = source.shortText().replace(/^@/, '');
  const output = (source.u8() & BY_REFERENCE) !== 0;
  const type = readType(source);
  return { name, type, value: type.read(source), output };
}

export interface BulkRows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TdsValue[])[];
}

/** Reads a Bulk Load BCP (MS-TDS 2.2.6.1). It has no headers. A DONE ends it, which some clients leave out. */
export function readBulkRows(payload: Buffer): BulkRows {
  const source = createByteReader(payload);
  if (source.u8() !== tableToken.columns) throw new Error('A bulk load does not begin with its columns');
  const columns = readColumns(source);
  const rows: (readonly TdsValue[])[] = [];
  while (source.left > 0) {
    const token = source.u8();
    if (token === done.statement) break;
    rows.push(readRow(token, columns, source));
  }
  return { columns, rows };
}

const transactionVerbs: ReadonlyMap<number, string> = new Map([
  [5, 'BEGIN'],
  [7, 'COMMIT'],
  [8, 'ROLLBACK'],
  [9, 'SAVE'],
]);

/** Reads a Transaction Manager Request (MS-TDS 2.2.6.9) as the equivalent T-SQL. */
export function readTransactionStep(payload: Buffer): Body<string> {
  const source = createByteReader(payload);
  const transaction = readHeaders(source);
  const verb = transactionVerbs.get(source.u16());
  if (verb === undefined) throw new Error('Only a local transaction can be begun, saved and ended');
  if (verb === 'BEGIN') source.u8();
  const name = source.text(source.u8() / 2);
  return { transaction, body: `${verb} TRANSACTION${name === '' ? '' : ` [${name}]`}` };
}

const TRANSACTION_DESCRIPTOR = 2;

/** Reads ALL_HEADERS (MS-TDS 2.2.5.3); returns the transaction's descriptor. */
function readHeaders(source: ByteReader): bigint {
  const headers = createByteReader(source.bytes(source.u32() - 4));
  let transaction = 0n;
  while (headers.left > 0) {
    const header = createByteReader(headers.bytes(headers.u32() - 4));
    if (header.u16() === TRANSACTION_DESCRIPTOR) transaction = header.u64();
  }
  return transaction;
}
