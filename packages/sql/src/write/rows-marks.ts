import { type Batch, type Claim, type RowTable, SinkError, type Stream } from '@dbsync/core/contract';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { RowsMark } from '../stream/stored-progress.js';

/** The rows that each stream relies on, as far as an open sink knows. */
export interface RowsMarks {
  /** Notes that the state of the stream was read and reported: later writes rely on this mark. */
  remember(stream: Stream, mark: RowsMark): void;
  /**
   * Returns the mark for a write under this generation. Throws if the generation is not the reported one. Then the
   * tables were created again meanwhile, and core must read the state of the stream before it moves its progress.
   */
  forWrite(claim: Claim, generation: string, batch: Batch): RowsMark;
  committed(stream: Stream, mark: RowsMark): void;
}

export function createRowsMarks(): RowsMarks {
  const marks = new Map<Stream, RowsMark>();
  return {
    remember: (stream, mark) => void marks.set(stream, mark),
    committed: (stream, mark) => {
      if ((marks.get(stream)?.generation ?? mark.generation) === mark.generation) marks.set(stream, mark);
    },
    forWrite({ stream }, generation, batch) {
      const known = marks.get(stream) ?? { generation, tables: [] };
      if (known.generation !== generation) throw rowsLost(stream);
      const tables = new Set([...known.tables, ...tablesOf(batch)]);
      return { generation, tables: ROW_TABLES.filter((table) => tables.has(table)) };
    },
  };
}

function* tablesOf({ contacts, inboundCalls }: Batch): Generator<RowTable> {
  if (inboundCalls.length > 0) yield 'inbound_calls';
  if (contacts.length > 0) yield 'contacts';
  const transactions = contacts.flatMap((tree) => tree.transactions);
  if (transactions.length > 0) yield 'transactions';
  const connections = transactions.flatMap((transaction) => transaction.connections);
  if (connections.length > 0) yield 'connections';
  if (connections.some(({ recordings }) => recordings.length > 0)) yield 'recordings';
}

/** Returns the error that ends the session of the claim. The next session reads the state of the stream. */
function rowsLost(stream: Stream): SinkError {
  const message = `Tables or columns were made again while campaign ${stream} was being written: its state is read again`;
  return new SinkError('SQL_ROWS_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
