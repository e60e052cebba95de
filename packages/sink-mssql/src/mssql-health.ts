import type { Finding } from '@dbsync/core/contract';
import { askForBabelfish } from './babelfish.js';
import type { MssqlAddress } from './mssql-address.js';
import type { MssqlConnection, RequestOptions, Row } from './mssql-connection.js';
import { type Account, grants } from './mssql-errors.js';
import { bracketed, literal } from './statement-text.js';

/** The oldest version: SQL Server 2016. Azure SQL counts its versions in another way, and is always newer. */
const OLDEST_VERSION = 13;
const AZURE_EDITIONS: ReadonlySet<number> = new Set([5, 8]);

/** Asks the server about everything that dbsync depends on. */
export async function checkHealth(
  connection: MssqlConnection,
  address: MssqlAddress,
  copyTables: readonly string[],
  options: RequestOptions,
): Promise<readonly Finding[]> {
  const [states = []] = await connection.batch(STATE, options);
  const [state] = states;
  if (state === undefined) return [];
  return [
    version(state, address, await askForBabelfish(connection, options)),
    writable(state),
    ...privileges(state, await tablePermissions(connection, copyTables, options)),
    durability(state),
    readers(state),
    ...room(
      state,
      await askForMegabytes(connection, DATA_MB, options),
      await askForMegabytes(connection, FREE_MB, options),
    ),
  ];
}

/** Reads the names that the session has in its database; null: its user has no default schema. */
export async function askForAccount(connection: MssqlConnection, options: RequestOptions): Promise<Account | null> {
  const [rows] = await connection.batch('SELECT USER_NAME() AS user_name, SCHEMA_NAME() AS default_schema', options);
  const [names] = rows ?? [];
  if (typeof names?.user_name !== 'string' || typeof names.default_schema !== 'string') return null;
  return { user: names.user_name, schema: names.default_schema };
}

/** The permissions that are checked, each by a question of its own: the server has no question about a list of them. */
const PERMISSIONS = ['ALTER', 'REFERENCES', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'];

const STATE = `SELECT
  CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
  CAST(SERVERPROPERTY('EngineEdition') AS int) AS edition,
  CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(128)) AS updateability,
  (SELECT is_read_committed_snapshot_on FROM sys.databases WHERE name = DB_NAME()) AS has_snapshots,
  (SELECT delayed_durability FROM sys.databases WHERE name = DB_NAME()) AS delayed_durability,
  SCHEMA_NAME() AS default_schema, USER_NAME() AS user_name, SUSER_SNAME() AS login,
  HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CREATE TABLE') AS may_create,
  ${PERMISSIONS.map((permission) => `HAS_PERMS_BY_NAME(SCHEMA_NAME(), 'SCHEMA', '${permission}') AS may_${permission.toLowerCase()}`).join(',\n  ')}`;

function finding(level: Finding['level'], what: string, remedy: string | null = null): Finding {
  return { level, what, remedy };
}

function version({ version: text, edition }: Row, { tls }: MssqlAddress, babelfish: boolean): Finding {
  const product = babelfish
    ? 'Babelfish, as SQL Server'
    : AZURE_EDITIONS.has(Number(edition))
      ? 'Azure SQL'
      : 'SQL Server';
  const what = `${product} ${text}, ${tls === null ? 'not encrypted' : 'encrypted'}`;
  const number = Number.parseInt(String(text), 10);
  if (number >= OLDEST_VERSION || AZURE_EDITIONS.has(Number(edition))) return finding('pass', what);
  if (babelfish) return finding('warn', `${what}: dbsync is made for SQL Server`, 'Use the PostgreSQL sink for it.');
  return finding('warn', `${what}: older than dbsync is made for`, 'Use SQL Server 2016 or newer.');
}

function writable({ updateability }: Row): Finding {
  if (updateability !== 'READ_ONLY') return finding('pass', 'The database takes writes');
  return finding(
    'fail',
    'The database is read-only, or the server a secondary replica',
    'Name the primary or the listener in the address, or run ALTER DATABASE CURRENT SET READ_WRITE',
  );
}

/** The permissions without which rows cannot be written. */
const WRITING: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);

/** Returns the permissions that the user has on each table of a copy; null: there is no copy yet. */
async function tablePermissions(
  connection: MssqlConnection,
  tables: readonly string[],
  options: RequestOptions,
): Promise<ReadonlySet<string> | null> {
  if (tables.length === 0) return null;
  const questions = [...WRITING].map((permission) => {
    const each = tables.map((table) => {
      const of = `QUOTENAME(SCHEMA_NAME()) + N'.' + ${literal(bracketed(table))}`;
      return `HAS_PERMS_BY_NAME(${of}, 'OBJECT', '${permission}') = 1`;
    });
    return `CASE WHEN ${each.join(' AND ')} THEN 1 ELSE 0 END AS may_${permission.toLowerCase()}`;
  });
  const [[found = {}] = []] = await connection.batch(`SELECT ${questions.join(', ')}`, options);
  return new Set([...WRITING].filter((permission) => found[`may_${permission.toLowerCase()}`] === 1));
}

/** @param onTables null: there is no copy yet */
export function privileges(state: Row, onTables: ReadonlySet<string> | null): readonly Finding[] {
  const schema = String(state.default_schema ?? '');
  const user = bracketed(String(state.user_name));
  if (schema === '') {
    return [finding('fail', 'The user has no default schema', `ALTER USER ${user} WITH DEFAULT_SCHEMA = [dbo]`)];
  }
  const missing = PERMISSIONS.filter(
    (permission) => state[`may_${permission.toLowerCase()}`] === 0 && onTables?.has(permission) !== true,
  );
  if (state.may_create === 0) missing.unshift('CREATE TABLE');
  if (missing.length === 0) return [finding('pass', `The user may create and write tables in the schema ${schema}`)];
  const what = `The user lacks ${missing.join(', ')} for the schema ${schema}`;
  const remedy = grants(user, bracketed(schema));
  if (onTables === null || missing.some((permission) => WRITING.has(permission)))
    return [finding('fail', what, remedy)];
  return [
    finding(
      'warn',
      `${what}: tables of a later version and columns for new fields and indexes for reports cannot be made`,
      remedy,
    ),
  ];
}

const FORCED = 2;

function durability({ delayed_durability: delayed }: Row): Finding {
  if (Number(delayed) !== FORCED) return finding('pass', 'Commits survive a power cut');
  const remedy = 'ALTER DATABASE CURRENT SET DELAYED_DURABILITY = DISABLED';
  return finding(
    'warn',
    'Commits are written late (DELAYED_DURABILITY = FORCED): a power cut may lose the last',
    remedy,
  );
}

function readers({ has_snapshots: snapshots }: Row): Finding {
  if (snapshots === true) return finding('pass', 'Readers and writers do not wait for each other');
  const remedy =
    'ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON -- while dbsync and all reports are stopped: it waits for them';
  return finding('warn', 'A report that reads a table makes dbsync wait, and dbsync makes the report wait', remedy);
}

/** Judges the room for data: the disk's, and the limit of the free edition. Null: the server did not tell. */
export function room({ edition, login }: Row, dataMb: number | null, freeMb: number | null): readonly Finding[] {
  const isNearlyFull = Number(edition) === EXPRESS && dataMb !== null && dataMb > 0.8 * EXPRESS_MB;
  const full = `The database has ${dataMb} of the ${EXPRESS_MB} MB that SQL Server Express takes`;
  const limit = isNearlyFull ? [finding('warn', full, 'Move to another edition before it is full.')] : [];
  if (freeMb === null) {
    const what = 'The account may not see how much room the disk of the database has';
    return [...limit, finding('unknown', what, `USE master; GRANT VIEW SERVER STATE TO ${bracketed(String(login))}`)];
  }
  const what = `The disk of the database has ${freeMb} MB free`;
  if (freeMb >= LOW_MB) return [...limit, finding('pass', what)];
  return [...limit, finding('warn', `${what} only`, 'Free some room on the disk.')];
}

const EXPRESS = 4;
/** SQL Server Express refuses rows over 10 GB of data, whatever room the disk has. */
const EXPRESS_MB = 10 * 1024;
const LOW_MB = 1024;

const DATA_MB = 'SELECT CAST(SUM(CAST(size AS bigint)) / 128 AS int) AS mb FROM sys.database_files WHERE type = 0';
const FREE_MB = `SELECT CAST(MIN(available_bytes) / 1048576 AS int) AS mb
FROM sys.database_files CROSS APPLY sys.dm_os_volume_stats(DB_ID(), file_id)`;

/** Returns a number of megabytes; null: the account may not see it, or the server, such as Babelfish, has no such view. */
async function askForMegabytes(connection: MssqlConnection, text: string, options: RequestOptions) {
  try {
    const [[row] = []] = await connection.batch(text, options);
    return row?.mb == null ? null : Number(row.mb);
  } catch {
    options.signal?.throwIfAborted();
    return null;
  }
}
