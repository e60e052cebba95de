import { counted, longText, shortBytes, shortText, u8, u16, u32, u64 } from './byte-parts.ts';
import type { DataType, TdsValue } from './data-type.ts';
import { collation } from './text-types.ts';

export const SERVER_NAME = 'peer';
/** SQL Server 2022. */
export const SERVER_VERSION = [16, 0, 4135] as const;

/** An error or a message of the server (MS-TDS 2.2.7.10, ERROR, and 2.2.7.13, INFO). */
export interface ServerMessage {
  readonly number: number;
  readonly message: string;
  readonly state: number;
  /** The severity: up to 10 informs, from 20 on the connection is closed. */
  readonly class: number;
}

export function errorToken(error: ServerMessage): Buffer {
  return messageToken(0xaa, error);
}

export function infoToken(info: ServerMessage): Buffer {
  return messageToken(0xab, info);
}

function messageToken(token: number, { number, state, class: severity, message }: ServerMessage): Buffer {
  const noProcedure = shortText('');
  const line = u32(1);
  const fields = [u32(number), u8(state), u8(severity), longText(message), shortText(SERVER_NAME), noProcedure, line];
  return Buffer.concat([u8(token), counted(...fields)]);
}

/**
 * The tokens for the end of a statement of a batch, of a statement of a procedure, and of a procedure (MS-TDS 2.2.7.6
 * to 2.2.7.8).
 */
export const done = { statement: 0xfd, procedure: 0xfe, statementOfProcedure: 0xff } as const;

/** The bits of a DONE's Status. */
export const doneStatus = { last: 0x00, more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;

export function doneToken(token: number, status: number, count = 0): Buffer {
  const commandOfNoUse = u16(0);
  return Buffer.concat([u8(token), u16(status), commandOfNoUse, u64(BigInt(count))]);
}

/** Writes a RETURNSTATUS (MS-TDS 2.2.7.18), a procedure's result, 0 for success. */
export function returnStatusToken(status: number): Buffer {
  return Buffer.concat([u8(0x79), u32(status)]);
}

/** Writes a RETURNVALUE (MS-TDS 2.2.7.19), an output parameter. */
export function returnValueToken(ordinal: number, name: string, type: DataType, value: TdsValue): Buffer {
  const ofProcedure = u8(0x01);
  const head = [u8(0xac), u16(ordinal), shortText(`@${name}`), ofProcedure, u32(0), u16(0)];
  return Buffer.concat([...head, type.info, type.write(value)]);
}

/** Writes a LOGINACK (MS-TDS 2.2.7.14), with the version in the order of its digits. */
export function loginAckToken(tdsVersion: number): Buffer {
  const tsql = u8(1);
  const version = Buffer.alloc(4);
  version.writeUInt32BE(tdsVersion);
  const [major, minor, build] = SERVER_VERSION;
  const program = Buffer.of(major, minor, build >> 8, build & 0xff);
  return Buffer.concat([u8(0xad), counted(tsql, version, shortText('Microsoft SQL Server'), program)]);
}

const UTF8_SUPPORT = 0x0a;

/** Writes a FEATUREEXTACK (MS-TDS 2.2.7.11): of the offered features, only UTF-8 in `varchar` is accepted. */
export function featuresToken(offered: readonly number[]): Buffer {
  const accepted = offered.includes(UTF8_SUPPORT) ? [u8(UTF8_SUPPORT), u32(1), u8(1)] : [];
  return offered.length === 0 ? Buffer.alloc(0) : Buffer.concat([u8(0xae), ...accepted, u8(0xff)]);
}

/** Writes an ENVCHANGE (MS-TDS 2.2.7.9), a change of the session. */
export const change = {
  database: (to: string, from: string) => changeToken(1, shortText(to), shortText(from)),
  language: (to: string, from: string) => changeToken(2, shortText(to), shortText(from)),
  packetBytes: (to: number, from: number) => changeToken(4, shortText(String(to)), shortText(String(from))),
  collation: () => changeToken(7, shortBytes(collation), NOTHING),
  begun: (transaction: bigint) => changeToken(8, shortBytes(u64(transaction)), NOTHING),
  committed: (transaction: bigint) => changeToken(9, NOTHING, shortBytes(u64(transaction))),
  rolledBack: (transaction: bigint) => changeToken(10, NOTHING, shortBytes(u64(transaction))),
  reset: () => changeToken(18, NOTHING, NOTHING),
};

const NOTHING = u8(0);

function changeToken(type: number, to: Buffer, from: Buffer): Buffer {
  return Buffer.concat([u8(0xe3), counted(u8(type), to, from)]);
}
