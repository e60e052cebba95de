import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { plainAddress } from '../harness/servers/plain-address.ts';

/** The comments of a database, as a person reads and writes them. Dispose of it at the end. */
export interface CommentsAt extends AsyncDisposable {
  /** Returns the comments of all tables, views and columns: `TABLE`, `TABLE.COLUMN`. Empty: there is none. */
  read(): Promise<ReadonlyMap<string, string>>;
  /** Writes a comment. @param column empty: the table's own */
  set(table: string, column: string, comment: string): Promise<void>;
  /** Takes all comments away, as a database of an earlier release has none. */
  clear(): Promise<void>;
  /** Returns all about the tables but their comments. */
  shape(): Promise<unknown>;
  /** Returns a value that differs once a comment was written, even the same one. */
  writes(): Promise<string>;
  run(...statements: readonly string[]): Promise<void>;
  /** Runs the work while another session keeps all others from changing the table. */
  whileLocked(table: string, work: () => Promise<void>): Promise<void>;
}

/** @param url the address of a superuser, on a server that no other test uses */
export function commentsAt(url: string): Promise<CommentsAt> {
  const address = plainAddress(url);
  return address.startsWith('postgres')
    ? postgresComments(address)
    : mysqlComments(address.replace(/^mariadb:/, 'mysql:'));
}

const WRITES = 'SELECT count(*), max(xmin::text::bigint) FROM pg_description WHERE objoid >= 16384';

async function postgresComments(url: string): Promise<CommentsAt> {
  const [client, locker] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([client.connect(), locker.connect()]);
  const read = async () => {
    const { rows } = await client.query<{ part: string; comment: string }>(
      `SELECT relname AS part, coalesce(obj_description(oid, 'pg_class'), '') AS comment FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
       UNION ALL SELECT relname || '.' || attname, coalesce(col_description(attrelid, attnum), '')
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped`,
    );
    return new Map(rows.map(({ part, comment }) => [part, comment]));
  };
  const set = async (table: string, column: string, comment: string) => {
    const what =
      column === '' ? pg.escapeIdentifier(table) : `${pg.escapeIdentifier(table)}.${pg.escapeIdentifier(column)}`;
    const kind = column !== '' ? 'COLUMN' : table.includes('_v_') ? 'VIEW' : 'TABLE';
    await client.query(`COMMENT ON ${kind} ${what} IS ${pg.escapeLiteral(comment)}`);
  };
  return {
    read,
    set,
    async clear() {
      for (const [part] of await read()) {
        const [table = '', column = ''] = part.split('.');
        await set(table, column, '');
      }
    },
    shape: async () =>
      (
        await client.query(
          `SELECT relname, attname, format_type(atttypid, atttypmod), attcollation, attnotnull, pg_get_expr(adbin, adrelid)
           FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
           WHERE relnamespace = 'public'::regnamespace AND attnum > 0 ORDER BY relname, attnum`,
        )
      ).rows,
    writes: async () => JSON.stringify((await client.query(WRITES)).rows),
    run: async (...statements) => {
      for (const statement of statements) await client.query(statement);
    },
    async whileLocked(table, work) {
      await locker.query(`BEGIN; LOCK TABLE ${pg.escapeIdentifier(table)} IN SHARE UPDATE EXCLUSIVE MODE`);
      await work();
      await locker.query('COMMIT');
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all([client.end(), locker.end()])),
  };
}

const TABLES =
  "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'";
const COMMENT = / COMMENT[= ]'(?:[^'\\]|''|\\.)*'/g;

async function mysqlComments(url: string): Promise<CommentsAt> {
  const [client, locker] = [await createConnection(url), await createConnection(url)];
  const rows = async (text: string) => {
    const [found] = await client.query({ sql: text, rowsAsArray: true });
    return found as unknown as readonly (readonly string[])[];
  };
  const createdAs = async (table: string) => (await rows(`SHOW CREATE TABLE \`${table}\``))[0]?.[1] ?? '';
  const tables = async () => (await rows(TABLES)).map(([table = '']) => table);
  const definitionOf = async (table: string, column: string) => {
    const line = (await createdAs(table)).split('\n').find((each) => each.startsWith(`  \`${column}\` `)) ?? '';
    return line.trim().replace(/,$/, '').replace(COMMENT, '');
  };
  const set = async (table: string, column: string, comment: string) => {
    if (column === '') return void (await client.query(`ALTER TABLE \`${table}\` COMMENT = ?`, [comment]));
    const [, plain = '', check = ''] = /^(.*?)( CHECK .*)?$/.exec(await definitionOf(table, column)) ?? [];
    await client.query(`ALTER TABLE \`${table}\` MODIFY ${plain} COMMENT ?${check}`, [comment]);
  };
  const read = async () =>
    new Map(
      (
        await rows(`SELECT table_name, table_comment FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'
          UNION ALL SELECT concat(table_name, '.', column_name), column_comment FROM information_schema.columns WHERE table_schema = database()`)
      ).map(([part = '', comment = '']) => [part, comment]),
    );
  return {
    read,
    set,
    async clear() {
      for (const table of await tables()) {
        const columns = [...(await read()).keys()].filter((part) => part.startsWith(`${table}.`));
        const definitions: string[] = [];
        for (const column of columns) definitions.push(await definitionOf(table, column.slice(table.length + 1)));
        const changes = definitions.map((definition) => `MODIFY ${definition}`).join(', ');
        await client.query(`SET foreign_key_checks = 0`);
        await client.query(`ALTER TABLE \`${table}\` ${changes}, COMMENT = ''`);
      }
    },
    async shape() {
      const found: string[] = [];
      for (const table of await tables()) found.push((await createdAs(table)).replace(COMMENT, ''));
      return found.sort();
    },
    writes: async () => JSON.stringify(await rows("SHOW GLOBAL STATUS LIKE 'Com_alter_table'")),
    run: async (...statements) => {
      for (const statement of statements) await client.query(statement);
    },
    async whileLocked(table, work) {
      await locker.query(`LOCK TABLES \`${table}\` READ`);
      await work();
      await locker.query('UNLOCK TABLES');
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all([client.end(), locker.end()])),
  };
}
