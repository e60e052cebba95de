import type { Duplex } from 'node:stream';
import pg from 'pg';

export type CopySource = Iterable<Buffer, void, undefined>;

export interface CopyRequest {
  /**
   * Several statements. PostgreSQL runs them as one transaction: it commits it after the last statement, or undoes it.
   */
  readonly text: string;
  /** The rows for each `COPY ... FROM STDIN` of the text, in order. */
  readonly sources: readonly CopySource[];
}

export interface SentRequest {
  /** One result for each statement. */
  readonly results: Promise<readonly pg.QueryResult[]>;
  /** False while the server waits for more rows: then it cannot have committed. */
  isComplete(): boolean;
}

/**
 * Sends statements and the rows for their COPYs as one request. A client that stops half-way leaves the server waiting
 * in a COPY, so statements that take important locks belong after the last COPY of the text.
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
        // The server's answer to the failed COPY comes later, and has fewer details.
        onFailure: reject,
      });
    };
    client.query(Object.assign(query, { handleCopyInResponse }));
  });
  return { results, isComplete: () => unsent === 0 };
}

/** The part of the driver's connection that queries use to answer a COPY; the driver's types leave it out. */
interface CopyConnection {
  readonly stream: Duplex;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

interface PumpOptions {
  /** True once the server has answered before the end: it reads no more data. */
  isOver(): boolean;
  onEnd(): void;
  onFailure(error: unknown): void;
}

/** Writes chunks as fast as the socket takes them, so that at most one is held beyond its buffer. */
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
    connection.sendCopyFail('the rows could not be encoded');
  }
}

/** Writes the protocol's message CopyData. The driver's own way copies each chunk twice. */
function writeCopyData(stream: Duplex, chunk: Buffer): void {
  const header = Buffer.allocUnsafe(5);
  header.writeUInt8(0x64);
  header.writeUInt32BE(chunk.length + 4, 1);
  stream.cork();
  stream.write(header);
  stream.write(chunk);
  stream.uncork();
}
