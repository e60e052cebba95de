import type { Finding } from '@dbsync/core/contract';
import { type ConnectionLimit, type HealthOptions, limitFinding } from '@dbsync/sql';
import type { MysqlAddress } from './mysql-address.js';
import type { ServerConnection } from './mysql-connection.js';
import { MAX_ALONE } from './mysql-pool.js';
import { grantText, isForTables, missingPrivileges } from './privileges.js';
import { PRODUCT, type ServerFacts } from './server-facts.js';
import { name } from './statement-text.js';

/** The facts of a health check. */
export interface HealthFacts extends Pick<HealthOptions, 'copyTables' | 'connections'> {
  /** The number of connections that the pool may still open. */
  readonly lacking: number;
}

/** Asks the server about everything that dbsync depends on. */
export async function checkHealth(
  connection: ServerConnection,
  address: MysqlAddress,
  { copyTables = [], connections: needed, lacking }: HealthFacts,
): Promise<readonly Finding[]> {
  const [grants = [], ...pairs] = (await connection.request(STATE)) as readonly (readonly Record<string, string>[])[];
  const state = new Map(pairs.flat().map(({ Variable_name = '', Value = '' }) => [Variable_name, Value]));
  const missing = missingPrivileges(grants.flatMap(Object.values<string>), address.database, copyTables);
  return [
    version(connection.server, state),
    writable(state),
    privileges(missing, address, connection.server, copyTables.length > 0),
    ...binaryLog(state),
    durability(state),
    connections(state, lacking),
    ...limitFinding(needed, limitsOf(state)),
    requestSize(connection.server),
    wayOfRows(connection.server),
    ...pageSize(state),
    memory(state),
    charset(state, address),
    disk(state),
  ];
}

type State = ReadonlyMap<string, string>;

/** The variables to read. Some servers lack some of these. */
const VARIABLES = [
  'read_only innodb_read_only super_read_only log_bin binlog_format max_connections max_user_connections',
  'innodb_flush_log_at_trx_commit innodb_doublewrite innodb_page_size innodb_buffer_pool_size',
  'datadir',
].flatMap((names) => names.split(' '));

const STATE = `SHOW GRANTS; SHOW SESSION STATUS LIKE 'Ssl_version'; SHOW GLOBAL STATUS LIKE 'Threads_connected';
SHOW SESSION VARIABLES LIKE 'character_set_database'; SHOW GLOBAL VARIABLES WHERE variable_name IN (${VARIABLES.map((name) => `'${name}'`).join(', ')})`;

function finding(level: Finding['level'], what: string, remedy: string | null = null): Finding {
  return { level, what, remedy };
}

function isOn(state: State, name: string): boolean {
  return /^(on|1|true)$/i.test(state.get(name) ?? '');
}

/** The oldest versions that have everything that the statements of this package use. */
const OLDEST = { mariadb: [10, 6, 0], mysql: [8, 0, 17] } as const;

function version({ kind, version: text }: ServerFacts, state: State): Finding {
  const what = `${PRODUCT[kind]} ${text}, ${state.get('Ssl_version') ? 'encrypted' : 'not encrypted'}`;
  const [oldest, numbers] = [OLDEST[kind], text.split(/[.-]/).map(Number)];
  const differing = oldest.findIndex((number, index) => number !== numbers[index]);
  if (differing === -1 || (numbers[differing] ?? 0) > (oldest[differing] ?? 0)) return finding('pass', what);
  return finding(
    'warn',
    `${what}: older than dbsync is made for`,
    `Use ${PRODUCT[kind]} ${oldest.join('.')} or newer.`,
  );
}

function writable(state: State): Finding {
  const what = 'The server is read only';
  if (isOn(state, 'innodb_read_only')) {
    return finding('fail', what, 'Name the primary in the address, or start the server without innodb_read_only.');
  }
  if (!isOn(state, 'read_only') && !isOn(state, 'super_read_only')) return finding('pass', 'The server takes writes');
  return finding(
    'fail',
    what,
    'Name the primary in the address. Only on a server that is no replica: SET GLOBAL read_only = OFF',
  );
}

function privileges(
  missing: readonly string[],
  address: MysqlAddress,
  { account }: ServerFacts,
  hasCopy: boolean,
): Finding {
  if (missing.length === 0) return finding('pass', 'The user may do all that dbsync needs');
  const what = `The user lacks ${missing.join(', ')}`;
  if (!hasCopy || missing.some((privilege) => !isForTables(privilege))) {
    return finding('fail', what, grantText(address, account));
  }
  return finding(
    'warn',
    `${what}: tables of a later version and columns for new fields and indexes for reports cannot be made`,
    grantText(address, account),
  );
}

/** Checks the binary log. Writes run in READ COMMITTED, which a log of statements cannot represent. */
function binaryLog(state: State): readonly Finding[] {
  if (!isOn(state, 'log_bin') || state.get('binlog_format') !== 'STATEMENT') return [];
  return [finding('fail', 'The binary log is one of statements', 'SET GLOBAL binlog_format = ROW')];
}

function durability(state: State): Finding {
  if (state.get('innodb_flush_log_at_trx_commit') === '1') return finding('pass', 'Commits survive a power cut');
  const what = 'innodb_flush_log_at_trx_commit is not 1: a power cut may lose commits that the server has confirmed';
  return finding('warn', what, 'SET GLOBAL innodb_flush_log_at_trx_commit = 1');
}

/** Counts free connections. */
function connections(state: State, lacking: number): Finding {
  const most = Number(state.get('max_connections'));
  const free = most - Number(state.get('Threads_connected'));
  if (free >= lacking) return finding('pass', `${free} connections are free`);
  const remedy = `End other programs, or: SET GLOBAL max_connections = ${most + 2 * Math.max(lacking, MAX_ALONE)}`;
  return finding('warn', `Only ${free} connections are free`, remedy);
}

/** The limits of the server; one that is 0 is none. */
function limitsOf(state: State): readonly ConnectionLimit[] {
  return ['max_connections', 'max_user_connections']
    .map((called) => ({ most: Number(state.get(called) ?? 0), name: called }))
    .filter(({ most }) => most > 0);
}

const MEGABYTE = 1024 * 1024;

/** Checks the size of requests. A batch has up to 8 MB of JSON. */
function requestSize({ maxRequestBytes }: ServerFacts): Finding {
  const what = `Requests may have ${maxRequestBytes / MEGABYTE} MB`;
  if (maxRequestBytes >= 16 * MEGABYTE) return finding('pass', what);
  return finding('warn', `${what}: longer texts are refused`, 'SET GLOBAL max_allowed_packet = 67108864');
}

function wayOfRows({ takesLoads }: ServerFacts): Finding {
  if (takesLoads) return finding('pass', 'Rows are sent by LOAD DATA');
  return finding('pass', 'Rows are sent as statements, somewhat slower than by LOAD DATA (local_infile is off)');
}

const COMMON_PAGE_BYTES = 16_384;

function pageSize(state: State): readonly Finding[] {
  const bytes = Number(state.get('innodb_page_size'));
  if (bytes >= COMMON_PAGE_BYTES) return [];
  const what = `Pages have ${bytes} bytes only: indexes are too short for the keys of dbsync`;
  return [finding('fail', what, 'Use a server that was set up with innodb_page_size = 16384.')];
}

const SMALL_POOL_BYTES = 1024 * MEGABYTE;

/**
 * Checks the memory. A million rows of 100,000 contacts cost the server 65 s of CPU with a pool of 128 MB, the default,
 * and 19 s with 2 GB.
 */
function memory(state: State): Finding {
  const bytes = Number(state.get('innodb_buffer_pool_size'));
  const what = `The buffer pool has ${bytes / MEGABYTE} MB`;
  if (bytes >= SMALL_POOL_BYTES) return finding('pass', what);
  const more = 'a copy that is larger takes several times as long to make';
  return finding(
    'warn',
    `${what}: ${more}`,
    `Give it half of the memory of the server, or more where it serves this database alone, in the server's configuration too; 1 GB: SET GLOBAL innodb_buffer_pool_size = ${SMALL_POOL_BYTES}`,
  );
}

/** Reports the character set of tables that other programs make: those of dbsync have their own, whatever this is. */
function charset(state: State, { database }: MysqlAddress): Finding {
  const found = state.get('character_set_database') ?? '?';
  if (found.startsWith('utf8mb4')) return finding('pass', 'The character set of new tables is utf8mb4');
  const what = `The character set of the database is ${found}, and tables of dbsync have utf8mb4: reports that join them with other tables use no index`;
  return finding('warn', what, `ALTER DATABASE ${name(database)} CHARACTER SET utf8mb4`);
}

function disk(state: State): Finding {
  const what = 'The server does not tell how much room its disk has';
  return finding('unknown', what, `On the server: df -h ${state.get('datadir') ?? '/var/lib/mysql'}`);
}
