// The program `docker` of a user in the bench: it plays `docker build --tag NAME .` and `docker compose run --rm dbsync`,
// without an engine. BENCH_IMAGES is the folder of the images, BENCH_POSTGRES the host and port of the service `postgres`.
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { playDockerfile, startInImage } from '../../test/harness/played-image.ts';

interface ComposeFile {
  readonly services: { readonly dbsync: DbsyncService };
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface DbsyncService {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly env_file: string;
  readonly secrets: readonly string[];
}

const { BENCH_IMAGES: images = '', BENCH_POSTGRES: postgres = '', DBSYNC_API_URL } = process.env;
const line = process.argv.slice(2).join(' ');
const tag = /^build --tag (\S+) \.$/.exec(line)?.[1];

if (tag !== undefined) await build(tag);
else if (line === 'compose run --rm dbsync') process.exitCode = await runService();
else throw new Error(`docker ${line} is not played.`);

async function build(name: string): Promise<void> {
  mkdirSync(folderOf(name), { recursive: true });
  await playDockerfile({ context: process.cwd(), folder: folderOf(name), isBuilt: false });
}

async function runService(): Promise<number> {
  const { services, secrets } = parse(readFileSync('compose.yaml', 'utf8')) as ComposeFile;
  const { image, environment, env_file: settingsFile, secrets: names } = services.dbsync;
  const settings = parseEnv(readFileSync(settingsFile, 'utf8'));
  const name = image.replace(/\$\{(\w+):-([^}]*)\}/, (_, variable, usual) => settings[variable] ?? usual);
  const root = join(folderOf(name), 'root');
  for (const secret of names) mountSecret(root, secret, secrets[secret]?.file ?? '');
  const child = startInImage(root, [], { ...settings, ...environment, DBSYNC_API_URL });
  child.stdout.pipe(process.stdout);
  child.stderr.pipe(process.stderr);
  const [code] = await once(child, 'close');
  return code ?? 1;
}

/** Gives a secret to the container, with the owner and the mode of its file. The name of the database's service is resolved here. */
function mountSecret(root: string, secret: string, file: string): void {
  const { uid, gid, mode } = statSync(file);
  const mounted = join(root, 'run/secrets', secret);
  writeFileSync(mounted, readFileSync(file, 'utf8').replace('@postgres:5432/', `@${postgres}/`));
  chownSync(mounted, uid, gid);
  chmodSync(mounted, mode & 0o777);
}

function folderOf(name: string): string {
  return join(images, name.replace(':', '_'));
}
