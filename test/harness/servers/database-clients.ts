import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { tellNotRun } from '../not-run.ts';
import { commandIn } from './debian-build.ts';
import type { DebianPackage } from './debian-packages.ts';
import { hasCommand } from './debian-tools.ts';
import { debianTree } from './debian-tree.ts';
import type { MysqlProduct } from './mysql-build.ts';

export type ClientProduct = 'postgres' | MysqlProduct;

/** The programs of a database server's own client package, in the shell of its administrator. */
export interface DatabaseClients extends Disposable {
  /**
   * Runs a command line by a real shell, in which these programs log in to the server without options. @returns what it prints, to
   * stderr too @throws Error for another exit code
   */
  run(line: string, exitCode?: number): Promise<string>;
}

/** The package of each client, and its programs. Of PostgreSQL it is that of the server from npm: an older one refuses to dump it. */
const CLIENTS: Readonly<
  Record<ClientProduct, { readonly package: DebianPackage; readonly programs: readonly string[] }>
> = {
  postgres: {
    package: { name: 'postgresql-client-18', release: 'sid' },
    programs: ['psql', 'pg_dump', 'pg_restore', 'dropdb', 'createdb'].map(
      (name) => `usr/lib/postgresql/18/bin/${name}`,
    ),
  },
  mariadb: { package: { name: 'mariadb-client' }, programs: ['usr/bin/mariadb', 'usr/bin/mariadb-dump'] },
  mysql: { package: { name: 'mysql-client', release: 'sid' }, programs: ['usr/bin/mysql', 'usr/bin/mysqldump'] },
};

/** Returns those of these products whose programs can be had here, and reports each other one as not run. */
export async function withClients<Product extends ClientProduct>(
  products: readonly Product[],
  checks: string,
): Promise<readonly Product[]> {
  const found: Product[] = [];
  for (const product of products) {
    const tree = await treeOrTell(CLIENTS[product].package, `${checks} of ${product}`);
    if (tree !== null) found.push(product);
  }
  return found;
}

/** Returns the command of SQLite's own shell; null: it cannot be had here, and the checks are reported as not run. */
export async function sqliteShell(checks: string): Promise<readonly string[] | null> {
  if (hasCommand('sqlite3')) return ['sqlite3'];
  const tree = await treeOrTell({ name: 'sqlite3' }, checks);
  return tree === null ? null : commandIn(tree, 'usr/bin/sqlite3');
}

async function treeOrTell(wanted: DebianPackage, checks: string): Promise<string | null> {
  try {
    if (!hasCommand('apt-get')) throw new Error('there is no apt-get');
    return await debianTree(wanted);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    const getItBy = `a machine where apt-get brings ${wanted.name}${wanted.release === undefined ? '' : ` of Debian ${wanted.release}`}`;
    tellNotRun(`${checks} (${reason})`, getItBy);
    return null;
  }
}

/** Fetches the programs for a server. @param url the address of its superuser */
export async function openClients(product: ClientProduct, url: string): Promise<DatabaseClients> {
  const { package: wanted, programs } = CLIENTS[product];
  const tree = await debianTree(wanted);
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-clients-'));
  for (const program of programs) {
    const words = commandIn(tree, program).map((word) => `'${word}'`);
    writeFileSync(join(folder, basename(program)), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o700 });
  }
  const { hostname, port, username, password } = new URL(url);
  const login = { host: hostname, port, user: decodeURIComponent(username), password: decodeURIComponent(password) };
  // The clients of MySQL read their login there, as an administrator keeps it.
  const lines = Object.entries(login).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(join(folder, '.my.cnf'), `[client]\n${lines.join('')}`, { mode: 0o600 });
  const { host: PGHOST, user: PGUSER, password: PGPASSWORD } = login;
  const env = {
    ...{ PATH: `${folder}:/usr/bin:/bin`, HOME: folder, LC_ALL: 'C.UTF-8' },
    ...{ PGHOST, PGPORT: port, PGUSER, PGPASSWORD },
  };
  return {
    run: async (line, exitCode = 0) => {
      const child = spawn('sh', ['-c', `{ ${line}; } 2>&1`], {
        env,
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      if (code !== exitCode) throw new Error(`${line}\nended with ${code}: ${output}`);
      return output;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
