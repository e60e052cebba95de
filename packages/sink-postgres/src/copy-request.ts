import type { Duplex } from 'node:stream';
import pg from 'pg';

export type CopySource = Iterable<Buffer, void, undefined>;

export interface CopyRequest {
  /** Several statements. PostgreSQL runs them as one transaction, which it commits after the last or undoes at once. */
  readonly text: string;
  /** One for each `COPY ... FROM STDIN` of the text, in their order. */
  readonly sources: readonly CopySource[];
}

export interface SentRequest {
  /** One result a statement. */
  readonly results: Promise<readonly pg.QueryResult[]>;
  /** False as long as the server waits for more rows from us: then it cannot have committed. */
  isComplete(): boolean;
}

/**
 * Sends statements and the rows for their COPYs as one request. A client that stops half-way through leaves the server
 * waiting in a COPY, so whatever takes locks that matter belongs behind the last COPY of the text.
 */
export function sendRequest(client: pg.ClientBase, { text, sources }: CopyRequest): SentRequest {
  const waiting = sources.values();
  let unsent = sources.length;
  let over = false;
  const results = new Promise<readonly pg.QueryResult[]>((resolve, reject) => {
    const query = new pg.Query(text, (error: Error | undefined, answer: unknown) => {
      over = true;
      if (error) reject(error);
      else resolve((Array.isArray(answer) ? answer : [answer]) as readonly pg.QueryResult[]);
    });
    const handleCopyInResponse = (connection: CopyConnection): void => {
      const chunks = (waiting.next().value ?? [])[Symbol.iterator]();
      pump(connection, chunks, {
        isOver: () => over,
        onEnd: () => unsent--,
        // The server's answer to the COPY that fails now comes later, and tells less.
        onFailure: reject,
      });
    };
    client.query(Object.assign(query, { handleCopyInResponse }));
  });
  return { results, isComplete: () => unsent === 0 };
}

/** What the driver's connection offers to queries that answer a COPY; its types leave it out. */
interface CopyConnection {
  readonly stream: Duplex;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

interface PumpOptions {
  /** The server has answered before the end: it wants no more. */
  isOver(): boolean;
  onEnd(): void;
  onFailure(error: unknown): void;
}

/** Writes chunks as fast as the socket takes them, so that no more than one is held beyond its buffer. */
function pump(connection: CopyConnection, chunks: Iterator<Buffer, void>, options: PumpOptions): void {
  try {
    while (!options.isOver()) {
      const next = chunks.next();
      if (next.done) {
        options.onEnd();
        connection.endCopyFrom();
        return;
      }
      writeCopyData(connection.stream, next.value);
      if (connection.stream.writableNeedDrain) {
        connection.stream.once('drain', () => pump(connection, chunks, options));
        return;
      }
    }
  } catch (error) {
    options.onFailure(error);
    connection.sendCopyFail('the rows could not be written down');
  }
}

/** The message of that name. The driver's own way copies each chunk twice. */
function writeCopyData(stream: Duplex, chunk: Buffer): void {
  const header = Buffer.allocUnsafe(5);
  header.writeUInt8(0x64);
  header.writeUInt32BE(chunk.length + 4, 1);
  stream.cork();
  stream.write(header);
  stream.write(chunk);
  stream.uncork();
}
