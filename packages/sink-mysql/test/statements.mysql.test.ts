import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sampleContact } from '@dbsync/testkit';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { MYSQL_STARTERS, type MysqlServer, startMariadb } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, never, textField } from '../../../test/harness/sqlite-file.ts';
import { writeAmidChanges } from '../../../test/harness/writes-amid-changes.ts';
import { createSink } from '../src/index.ts';

const SCHEMA_CHANGE = /\b(?:create|alter|drop|truncate)\s+(?:temporary\s+)?(?:table|index|unique)\b/i;

it.each(MYSQL_STARTERS)('R14 sends no DDL and no TRUNCATE in a transaction: %s', async (_product, start) => {
  const server = await start();
  const { statements } = await logWrites(server);
  await server.stop();
  expect(statements.filter(({ text }) => SCHEMA_CHANGE.test(text)).length).toBeGreaterThan(10);
  const written = statements.filter(({ isOpen, text }) => isOpen && text.includes('INSERT INTO `mcall_contacts`'));
  expect(written).toHaveLength(3);
  for (const { text } of statements.filter(({ isOpen }) => isOpen)) expect(text).not.toMatch(SCHEMA_CHANGE);
});

it('reads of the catalogue what concerns its database, however many others a MariaDB has', async () => {
  const server = await startMariadb();
  const { statements, url } = await logWrites(server);
  await server.restart();
  const texts = statements.flatMap(({ text }) => text.split(/;\s*$/m));
  const reads = new Set(texts.filter((text) => /^\s*SELECT.*information_schema/is.test(text)));
  expect(reads.size).toBeGreaterThan(5);
  const admin = await createConnection(url);
  for (const read of reads) {
    const [plan] = await admin.query<RowDataPacket[]>(`EXPLAIN ${read}`);
    expect(plan.map(({ Extra }) => String(Extra)).join('\n'), read).not.toContain('Scanned all databases');
  }
  await admin.end();
  await server.stop();
});

it.each(MYSQL_STARTERS)(
  'R20 inserts a batch of a first load that is prepared again under another version of the map, and looks for none of its rows: %s',
  async (_product, start) => {
    const server = await start();
    const { statements } = await logWrites(server, async (url) => {
      const loader = createSink(serverTarget(url));
      await loader.open(never);
      const claim = await claimOf(loader);
      expect(await loader.bulk?.begin(claim, never)).toBe(true);
      await loader.declareFields([textField('city')], never);
      const write = (id: string) => loader.write(batchOf({ contacts: [sampleContact(id)] }), claim, never);
      await write('A1');
      const other = await createConnection(url);
      await other.query("UPDATE mcall_sync_columns SET version = version + 1 WHERE table_name = ''");
      await other.end();
      await write('B2');
      await loader.close();
    });
    await server.stop();
    const texts = statements.filter(({ isOpen }) => isOpen).map(({ text }) => text);
    expect(texts.filter((text) => text.includes('INSERT INTO `mcall_contacts`'))).toHaveLength(3);
    expect(texts.filter((text) => text.includes('@dbsync_met'))).toEqual([]);
  },
);

/**
 * Logs all that the sink sends while it opens a database and writes. The server has stopped by then, so that its log is
 * complete.
 */
async function logWrites(
  server: MysqlServer,
  write = (url: string) => writeAmidChanges(createSink(serverTarget(url))),
): Promise<{ statements: readonly LoggedStatement[]; url: string }> {
  const file = join(dirname(server.socketPath), 'data', 'queries.log');
  try {
    const url = await server.createDatabase();
    const admin = await createConnection(url);
    await admin.query(`SET GLOBAL general_log_file = '${file}'`);
    await admin.query('SET GLOBAL general_log = ON');
    await admin.end();
    await write(url);
    return { statements: statementsOf(readFileSync(file, 'utf8')), url };
  } finally {
    await server.kill();
  }
}

interface LoggedStatement {
  readonly text: string;
  /** True where the session was between BEGIN and COMMIT, or the statement is a whole transaction. */
  readonly isOpen: boolean;
}

function statementsOf(log: string): readonly LoggedStatement[] {
  const open = new Set<string>();
  return log.split(/^(?=[^\t\n]*\t+ *\d+ [A-Z])/m).flatMap((entry): LoggedStatement[] => {
    const [, session = '', text] = /^[^\t]*\t+ *(\d+) Query\t([\s\S]*)$/.exec(entry) ?? [];
    if (text === undefined) return [];
    if (/^(?:commit|rollback|execute)/i.test(text)) open.delete(session);
    const isOpen = open.has(session) || /^begin not atomic/i.test(text);
    if (/^(?:begin\s*$|start transaction)/i.test(text)) open.add(session);
    return [{ text, isOpen }];
  });
}
