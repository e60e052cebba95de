import { expect, it } from 'vitest';
import { startPostgres } from '../../../test/harness/servers/postgres-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { writeAmidChanges } from '../../../test/harness/writes-amid-changes.ts';
import { createSink } from '../src/index.ts';

const SCHEMA_CHANGE = /^\s*(?:create|alter|drop|truncate|comment|grant|reindex|vacuum)\b/im;

it('R14 sends no DDL and no TRUNCATE in a transaction that writes rows', async () => {
  const server = await startPostgres({ settings: { log_statement: 'all', log_line_prefix: '<%c> ' } });
  try {
    await writeAmidChanges(createSink(serverTarget(await server.createDatabase())));
  } finally {
    await server.stop();
  }
  const requests = requestsOf(server.log());
  const writes = requests.filter(({ text }) => text.includes('COPY pg_temp.dbsync_stage'));
  expect(writes).toHaveLength(3);
  expect(requests.filter(({ text }) => SCHEMA_CHANGE.test(text)).length).toBeGreaterThan(10);
  for (const { text, isOpen } of requests) {
    if (isOpen || text.includes('COPY pg_temp.dbsync_stage')) expect(text).not.toMatch(SCHEMA_CHANGE);
  }
});

interface LoggedRequest {
  readonly text: string;
  /** True where the session was between BEGIN and COMMIT. */
  readonly isOpen: boolean;
}

function requestsOf(log: string): readonly LoggedRequest[] {
  const open = new Set<string>();
  return log.split(/^(?=<)/m).flatMap((entry): LoggedRequest[] => {
    const [, session = '', text] = /^<(.*?)> LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)$/.exec(entry) ?? [];
    if (text === undefined) return [];
    if (/^\s*(?:commit|rollback)/i.test(text)) open.delete(session);
    const isOpen = open.has(session);
    if (/^\s*(?:begin|start transaction)/i.test(text)) open.add(session);
    return [{ text, isOpen }];
  });
}
