import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SERVER_PASSWORD } from './database-server.ts';
import { commandIn, type DebianServer } from './debian-build.ts';
import { serverUser } from './server-build.ts';

export type MysqlProduct = 'mariadb' | 'mysql';

/** A server of the MySQL family. */
export interface MysqlBuild extends DebianServer {
  readonly product: MysqlProduct;
  /** Returns the server's command with its fixed arguments. */
  command(tree: string, data: string): readonly string[];
}

/** MariaDB of the machine's own Debian. */
export const mariadb: MysqlBuild = {
  product: 'mariadb',
  package: { name: 'mariadb-server-core' },
  command: (tree, data) => [...commandIn(tree, 'usr/sbin/mariadbd'), ...commonArguments(tree, data)],
  initialise: (tree, data) => {
    const bootstrap = ['--bootstrap', '--skip-networking', '--innodb-log-file-size=16M'];
    return initialise([...mariadb.command(tree, data), ...bootstrap], bootstrapSql(tree));
  },
};

/** Oracle's MySQL; Debian has it only in its unstable release. It makes the keys of its TLS and of its logins here. */
export const mysql: MysqlBuild = {
  product: 'mysql',
  package: { name: 'mysql-server-core', release: 'sid' },
  command: (tree, data) => [
    ...commandIn(tree, 'usr/sbin/mysqld'),
    ...commonArguments(tree, data),
    '--secure-file-priv=NULL',
    '--mysqlx=OFF',
  ],
  initialise: async (tree, data) => {
    const script = join(dirname(data), 'users.sql');
    await writeFile(script, `DROP USER root@localhost;\n${SUPERUSER}`);
    const bootstrap = [
      '--initialize-insecure',
      `--init-file=${script}`,
      '--innodb-redo-log-capacity=8M',
      '--innodb-flush-method=nosync',
    ];
    await initialise([...mysql.command(tree, data), ...bootstrap], '');
    await rm(script);
  },
};

function commonArguments(tree: string, data: string): readonly string[] {
  const share = join(tree, 'usr/share/mysql');
  return [
    '--no-defaults',
    `--basedir=${join(tree, 'usr')}`,
    `--datadir=${data}`,
    `--tmpdir=${data}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, 'charsets')}`,
    `--plugin-dir=${join(tree, 'usr/lib/mysql/plugin')}`,
  ];
}

const SUPERUSER = `FLUSH PRIVILEGES;
CREATE USER root@'%' IDENTIFIED BY '${SERVER_PASSWORD}';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
`;

/** Returns the statements of Debian's own script, with the superuser instead of the script's users. */
function bootstrapSql(tree: string): string {
  const names = [
    'mysql_system_tables',
    'mariadb_system_tables',
    'mysql_performance_tables',
    'mariadb_performance_tables',
    'mysql_system_tables_data',
    'mariadb_system_tables_data',
    'maria_add_gis_sp_bootstrap',
    'mysql_sys_schema',
    'mariadb_sys_schema',
  ];
  const files = names.map((name) => join(tree, `usr/share/mysql/${name}.sql`)).filter((file) => existsSync(file));
  const scripts = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return `CREATE DATABASE mysql;
USE mysql;
${scripts}
DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';
DELETE FROM mysql.proxies_priv;
${SUPERUSER}`;
}

async function initialise(command: readonly string[], input: string): Promise<void> {
  const [program = '', ...args] = command;
  const server = spawn(program, args, { ...serverUser().spawnOptions, cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] });
  const log = text(server.stderr);
  server.stdin.end(input);
  const [status] = await once(server, 'exit');
  if (status !== 0) throw new Error(`The data directory could not be made:\n${await log}`);
}
