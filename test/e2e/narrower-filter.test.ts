import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { COPY_TABLES } from '../harness/compare/stored-copy.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { type CopyTarget, ENGINES, type EngineName } from '../harness/targets.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/databases.md'), 'utf8');
const FILTER = { mode: 'updates_only', prefixes: [] } as const;

/** Returns the statements of the page, one after the other, for this campaign. */
function statementsFor(campaign: string): readonly string[] {
  const [, section = ''] = /\n## A narrower filter\n(.*?)\n## /s.exec(PAGE) ?? [];
  const blocks = Array.from(section.matchAll(/```sql\n(.*?)```/gs), ([, block = '']) => block);
  return blocks
    .join('')
    .replace("'CAMPAIGN'", `'${campaign}'`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Runs all statements in one session. */
type Session = (url: string, statements: readonly string[]) => Promise<void>;

const inMysql: Session = async (url, statements) => {
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:') });
  for (const statement of statements) await connection.query(statement.replaceAll('"', '`'));
  await connection.end();
};

const SESSIONS: Readonly<Partial<Record<EngineName, Session>>> = {
  sqlite: async (url, statements) => {
    const db = new DatabaseSync(url.replace(/^sqlite:/, ''));
    for (const statement of statements) db.exec(statement);
    db.close();
  },
  postgres: async (url, statements) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  },
  mariadb: inMysql,
  mysql: inMysql,
};

for (const engine of ENGINES) {
  const run = SESSIONS[engine];
  if (run === undefined) continue;
  it(`${engine}: the statements of docs/databases.md delete what a narrower filter leaves out, and nothing else`, async () => {
    const simulator = await startSimulator({ contacts: 60 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using copy = await targets.create();
    await using fresh = await targets.create();
    await startRun({ simulator, store: await loadStore(copy.url) }).done;
    await startRun({ simulator, store: await loadStore(fresh.url), filter: FILTER }).done;
    const wanted = await idsOf(fresh);
    expect(await idsOf(copy)).not.toEqual(wanted);

    await run(copy.url, statementsFor(simulator.campaign));
    expect(await idsOf(copy)).toEqual(wanted);
    await expectStays(simulator, copy, wanted);
  });
}

/** Expects that a run under the new filter finds the rest of each contact whole. */
async function expectStays(simulator: Simulator, copy: CopyTarget, wanted: Awaited<ReturnType<typeof idsOf>>) {
  await startRun({ simulator, store: await loadStore(copy.url), filter: FILTER }).done;
  expect(await idsOf(copy)).toEqual(wanted);
}

/** Returns the ids of each table. */
async function idsOf(target: CopyTarget): Promise<Record<string, readonly string[]>> {
  return target.read(async (copy) => {
    const ids: Record<string, readonly string[]> = {};
    for (const table of COPY_TABLES) {
      const found: string[] = [];
      for await (const id of copy.ids(table)) found.push(id);
      ids[table] = found.sort();
    }
    return ids;
  });
}
