import { connect, type Socket } from 'node:net';
import type { CallOptions } from '@dbsync/core/contract';

/** The address of a database server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** The kind of a server, recognised by its first answer. */
export type ListenerKind =
  | 'a PostgreSQL server'
  | 'a MySQL or MariaDB server'
  | 'an SQL Server'
  | 'a web server'
  | 'an SSH server'
  | 'a mail or FTP server'
  | 'a Redis server'
  | 'a server that begins with TLS';

/** The time that each question may take. A server that greets does so at once. */
const GREETING_MS = 1_000;
const ANSWER_MS = 2_000;

/** PostgreSQL's request for TLS: its length and its number. The server answers with one letter. */
const POSTGRES_QUESTION = Buffer.from('0000000804d2162f', 'hex');
/** The TDS packet before a login, with a version and no request for encryption. */
const TDS_QUESTION = Buffer.from('1201001a0000010000000b00060100110001ff10000000000002', 'hex');
const HTTP_QUESTION = Buffer.from('GET / HTTP/1.0\r\n\r\n');

/**
 * Asks a server what it is, in a few protocols, each on a connection of its own. Null: the server cannot be reached, or
 * its answer is unknown. Takes at most 7 s, and sends no secret.
 */
export async function recogniseServer(address: ServerAddress, { signal }: CallOptions): Promise<ListenerKind | null> {
  const greeting = await firstBytes(address, null, signal);
  if (greeting === null) return null;
  if (greeting.length > 0) return kindOfGreeting(greeting);
  for (const question of [POSTGRES_QUESTION, TDS_QUESTION, HTTP_QUESTION]) {
    const answer = await firstBytes(address, question, signal);
    const kind = answer === null ? null : kindOfAnswer(answer);
    if (kind !== null) return kind;
  }
  return null;
}

function kindOfGreeting(bytes: Buffer): ListenerKind | null {
  const text = bytes.toString('latin1');
  if (text.startsWith('SSH-')) return 'an SSH server';
  if (/^220[ -]/.test(text)) return 'a mail or FTP server';
  const isWholePacket = bytes.length > 5 && bytes.readUIntLE(0, 3) <= 1_000 && bytes[3] === 0;
  // Version 10 of the protocol, or an error such as "Host is blocked".
  return isWholePacket && (bytes[4] === 0x0a || bytes[4] === 0xff) ? 'a MySQL or MariaDB server' : null;
}

function kindOfAnswer(bytes: Buffer): ListenerKind | null {
  const text = bytes.toString('latin1');
  if (text === 'N' || text === 'S' || /^E.{4}S(?:FATAL|ERROR)\0/s.test(text)) return 'a PostgreSQL server';
  if (/^HTTP\/\d/.test(text) || /^\s*<(?:!doctype|html)/i.test(text)) return 'a web server';
  if (text.startsWith('-ERR ')) return 'a Redis server';
  if (bytes[0] === 0x15 && bytes[1] === 0x03) return 'a server that begins with TLS';
  return bytes[0] === 0x04 && bytes.length >= 8 && bytes.readUInt16BE(2) >= 8 ? 'an SQL Server' : null;
}

/**
 * Returns the first bytes that the server sends, by itself or in answer to a question. Empty: it sends nothing. Null:
 * no connection.
 */
function firstBytes(
  { host, port }: ServerAddress,
  question: Buffer | null,
  signal: AbortSignal,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    let socket: Socket | null = null;
    const end = (bytes: Buffer | null) => {
      signal.removeEventListener('abort', abort);
      socket?.destroy();
      resolve(bytes);
    };
    const abort = () => {
      socket?.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    socket = connect({ host, port });
    socket.setTimeout(question === null ? GREETING_MS : ANSWER_MS);
    socket.once('connect', () => {
      isConnected = true;
      if (question !== null) socket?.write(question);
    });
    socket.once('data', end);
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => end(isConnected ? Buffer.of() : null));
  });
}
