import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { quotedForShell } from '@dbsync/core/cli-kit';
import pg from 'pg';
import { dpkgFor, makeDebianRoot } from '../../test/harness/debian-root.ts';
import { hasCommand } from '../../test/harness/servers/debian-tools.ts';
import { startPostgres, withClient } from '../../test/harness/servers/postgres-server.ts';
import { diskFolder } from '../../test/harness/temporary-folders.ts';
import { countRows } from '../bench-engine.ts';
import { type SimulatorProcess, startSimulatorProcess } from '../simulator-process.ts';
import { openUserShell, type StepTime, type TypedLine } from './user-shell.ts';
import type { Secret, Step, Way } from './ways.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PASSWORD = 'first-rows';

/** The packages that the ways install, made before. */
export interface MadePackages {
  /** The address of the registry with the packages of dbsync. */
  readonly registryUrl: string;
  /** The folder with the package for Debian and the sums; null: not made. */
  readonly packaged: string | null;
}

/** The times of a way, in the order of its steps. */
export interface PlayedWay {
  readonly way: Way;
  readonly times: readonly StepTime[];
  readonly rows: number;
}

/** Returns the reason why this machine cannot play the way; null: it can. */
export function obstacleOf({ needs, needsRoot }: Way): string | null {
  if (needs !== undefined && !hasCommand(needs)) return `\`${needs}\` is missing`;
  return needsRoot && process.getuid?.() !== 0 ? 'only root can give the secrets to the user of the image' : null;
}

/** Plays each step of the way, as a user types it, in an empty folder, against a simulator and an empty PostgreSQL. */
export async function playWay(way: Way, packages: MadePackages, contacts: number): Promise<PlayedWay> {
  const home = mkdtempSync(join(diskFolder(), 'dbsync-first-rows-'));
  const server = await startPostgres({ durable: true });
  try {
    await using simulator = await startSimulatorProcess(contacts);
    const database = await server.createDatabase('calls');
    await withClient(database, async (client) => {
      await client.query(`CREATE ROLE dbsync LOGIN PASSWORD ${pg.escapeLiteral(PASSWORD)}`);
      await client.query('ALTER DATABASE calls OWNER TO dbsync');
    });
    const address = `127.0.0.1:${server.port}`;
    const prepared = prepare(way, home, packages);
    const shell = openUserShell(home, {
      ...prepared,
      BENCH_POSTGRES: address,
      DBSYNC_API_URL: simulator.apiUrl,
      // Root's usual folder for logs is the machine's.
      DBSYNC_LOG_DIR: join(home, 'logs'),
    });
    const times: StepTime[] = [];
    for (const step of way.steps) {
      times.push(await shell.run(lineOf(step, simulator, way.name === 'compose' ? 'postgres:5432' : address)));
      console.log(`  ${times.at(-1)?.seconds.toFixed(1).padStart(6)} s  ${step.typed}`);
    }
    const rows = await withClient(database, (client) =>
      countRows(async (table) => Number((await client.query(`SELECT count(*) FROM ${table}`)).rows[0].count)),
    );
    return { way, times, rows };
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Lays what stands on the user's machine before the first step; returns variables for its shell. */
function prepare({ name }: Way, home: string, { registryUrl, packaged }: MadePackages): Record<string, string> {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  mkdirSync(join(home, 'prefix/etc'), { recursive: true });
  writeFileSync(join(home, 'prefix/etc/npmrc'), `@dbsync:registry=${registryUrl}/\n`);
  if (name === 'compose') {
    const player = [process.execPath, join(import.meta.dirname, 'played-docker.ts')];
    writeProgram(join(bin, 'docker'), `exec ${player.map(quotedForShell).join(' ')} "$@"`);
    return { BENCH_IMAGES: join(home, 'images') };
  }
  if (name !== 'deb' || packaged === null) return {};
  const root = join(home, 'root');
  makeDebianRoot(root);
  writeProgram(join(bin, 'apt'), `shift\nexec ${dpkgFor(root).map(quotedForShell).join(' ')} --install "$@"`);
  cpSync(packaged, join(home, 'work'), { recursive: true });
  return { PATH: [join(root, 'usr/bin'), bin, '/usr/sbin:/usr/bin:/sbin:/bin'].join(':') };
}

function lineOf({ typed, pasted, answers }: Step, simulator: SimulatorProcess, database: string): TypedLine {
  const { campaign, token } = simulator;
  const parameters = database.startsWith('postgres') ? '?sslmode=disable' : '';
  const url = `postgres://dbsync:${PASSWORD}@${database}/calls${parameters}`;
  const secrets: Readonly<Record<Secret, string>> = { token, url, password: PASSWORD };
  const texts = { ...secrets, campaign, '': '' };
  const line = typed
    .replace(/(?<==|--campaign )CAMPAIGN\b/, campaign)
    .replace('ADDRESS', quotedForShell(REPOSITORY))
    .replace('_amd64.deb', process.arch === 'arm64' ? '_arm64.deb' : '_amd64.deb');
  return {
    line,
    ...(pasted === undefined ? {} : { pasted: secrets[pasted] }),
    ...(answers === undefined ? {} : { answers: answers.map(({ question, answer }) => [question, texts[answer]]) }),
  };
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}
