import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { Batch, Claim, ClaimOptions, OptionValue, SinkNotice, StoreSink } from '@dbsync/core/contract';
import { createSink } from '@dbsync/sink-sqlite';

/** A SQLite file of one test, the sinks that write to it, and queries without them. Dispose of it when done. */
export interface SqliteFile extends AsyncDisposable {
  readonly file: string;
  /** The notices of the sinks. */
  readonly notices: readonly SinkNotice[];
  createSink(options?: Readonly<Record<string, OptionValue>>): StoreSink;
  /** Opens a sink that has these text fields. */
  openSink(options?: Readonly<Record<string, OptionValue>>, fields?: readonly string[]): Promise<StoreSink>;
  query(text: string, ...values: readonly (string | number | null)[]): Record<string, SQLOutputValue>[];
  exec(text: string): void;
}

export const never: { readonly signal: AbortSignal } = { signal: new AbortController().signal };

const PROCESS: ClaimOptions['process'] = { host: 'host', bootId: 'boot', pid: 1, startedAt: '0' };

export function createSqliteFile(): SqliteFile {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-sqlite-'));
  const file = join(folder, 'copy.db');
  const notices: SinkNotice[] = [];
  const sinks: StoreSink[] = [];
  const create: SqliteFile['createSink'] = (options = {}) => {
    const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path: file };
    const sink = createSink({ address, options, notify: (notice) => notices.push(notice) });
    if (sink.kind !== 'store') throw new TypeError('The SQLite sink is a store');
    sinks.push(sink);
    return sink;
  };
  const use = <T>(work: (database: DatabaseSync) => T): T => {
    using database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    return work(database);
  };
  return {
    file,
    notices,
    createSink: create,
    openSink: async (options, fields = []) => {
      const sink = create(options);
      await sink.open(never);
      await sink.declareFields(fields.map(textField), never);
      return sink;
    },
    query: (text, ...values) => use((database) => database.prepare(text).all(...values)),
    exec: (text) => use((database) => database.exec(text)),
    [Symbol.asyncDispose]: async () => {
      for (const sink of sinks) await sink.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export function textField(name: string) {
  return { name, type: 'text' };
}

/** Claims the stream, and fails where the claim is not granted. */
export async function claimOf(
  sink: StoreSink,
  { stream = 'C1', plan = 'plan', ...options }: Partial<ClaimOptions> & { stream?: string; plan?: string } = {},
): Promise<Claim> {
  const answer = await sink.claim(stream, plan, { leaseMs: 60_000, process: PROCESS, ...never, ...options });
  if (!answer.granted) throw new TypeError(`${stream} is held by ${answer.heldBy.holder}`);
  return answer.claim;
}

export function batchOf(parts: Partial<Batch>): Batch {
  return { contacts: [], inboundCalls: [], deadLetters: [], settled: [], ...parts };
}
