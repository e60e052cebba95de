import { spawn } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followOutput } from '../harness/command/followed-output.ts';
import { type DockerfileStage, dockerfile, type StageInstruction, stagesOf } from '../harness/dockerfile-stages.ts';
import { manifestOf } from '../harness/packed-packages.ts';
import { mustRun } from '../harness/run-program.ts';
import { diskFolder } from '../harness/temporary-folders.ts';

const repository = join(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;
const [build, image] = stagesOf(dockerfile) as [DockerfileStage, DockerfileStage];
const wordsOf = (keyword: string) => image.instructions.find((one) => one.keyword === keyword)?.words ?? [];

/** The image, without an engine: each instruction of the Dockerfile is carried out on folders, and the result is a root. */
const folder = mkdtempSync(join(diskFolder(), 'dbsync-image-'));
const root = join(folder, 'root');
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ contacts: 3 });
  for (const instruction of build.instructions) await buildStep(instruction);
  await layBase();
  for (const instruction of image.instructions.filter(({ keyword }) => keyword === 'COPY')) copy(instruction);
  mkdirSync(join(root, 'run/secrets'), { recursive: true });
  writeFileSync(join(root, 'run/secrets/token'), simulator.token, { mode: 0o400 });
  own('run/secrets/token', wordsOf('USER')[0]);
}, 300_000);

afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

it('has the command in it, with its version', async () => {
  expect(await runInImage(['--version'])).toEqual({ code: 0, output: `${manifestOf('packages/cli').version}\n` });
});

it('has all sinks in it', async () => {
  const { output } = await runInImage(['plugins', 'list']);
  const sinks = globSync('packages/sink-*', { cwd: repository });
  for (const sink of sinks) expect(output).toContain(manifestOf(sink).name);
});

it('has the versions of the lock file', () => {
  const lock = readFileSync(join(repository, 'pnpm-lock.yaml'), 'utf8').replaceAll("'", '');
  const places = globSync('**/node_modules/{*,@*/*}/package.json', { cwd: join(root, 'opt/dbsync') });
  expect(places.length).toBeGreaterThan(100);
  for (const place of places) {
    const { name, version } = JSON.parse(readFileSync(join(root, 'opt/dbsync', place), 'utf8'));
    if (!name.startsWith('@dbsync/')) expect(lock, place).toContain(`\n  ${name}@${version}:\n`);
  }
});

it('copies a campaign with the settings of an example, tells its health, stops by SIGTERM, and writes to its volumes alone', async () => {
  const before = filesOutsideOfVolumes();
  const given = [
    '--campaign',
    simulator.campaign,
    '--api-url',
    simulator.url,
    '--url',
    'sqlite:/var/lib/dbsync/calls.db',
  ];
  const secrets = { DBSYNC_TOKEN_FILE: '/run/secrets/token' };

  const copied = await runInImage(given, { ...settingsOf('db-init'), ...secrets });
  expect(copied.output).toMatch(/contacts +3, all complete/);
  expect(copied.code).toBe(0);
  expect((await runInImage([...healthCheck(), ...given])).code, 'no process holds it').toBe(7);

  const daemon = startInImage(given, { ...settingsOf('db-sync'), ...secrets, DBSYNC_VERBOSE: 'true' });
  await daemon.printed('Cycle:');
  expect((await runInImage([...healthCheck(), ...given])).code, 'a process holds it').toBe(0);
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(filesOutsideOfVolumes()).toEqual(before);
});

/** Carries out an instruction of the first stage. The repository is its context, built, as the tests find it. */
async function buildStep({ keyword, words, isExec }: StageInstruction): Promise<void> {
  if (keyword === 'WORKDIR' || keyword === 'COPY') {
    expect(words).toEqual(keyword === 'WORKDIR' ? ['/src'] : ['.', '.']);
    return;
  }
  expect({ keyword, isExec }).toEqual({ keyword: 'RUN', isExec: true });
  const [command = '', ...args] = words.map((word) => (word.startsWith('/image/') ? join(folder, word) : word));
  const [script, task] = args;
  if (script === 'scripts/setup.mjs' && task === 'build') return;
  await mustRun(command, args, { cwd: repository });
}

/** Lays the base of the image: the libraries that Node.js is linked to, of this machine. */
async function layBase(): Promise<void> {
  const linked = await mustRun('ldd', [process.execPath], { cwd: folder });
  for (const [library] of linked.matchAll(/(?<=\s)\/\S+(?= \()/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
}

function copy({ flags, words }: StageInstruction): void {
  const [from = '', to = ''] = words;
  expect(flags.from).toBe(build.name);
  cpSync(join(folder, from), join(root, to), { recursive: true, verbatimSymlinks: true });
  own(to, flags.chown);
}

function own(path: string, owner: string | undefined): void {
  const [user, group] = (owner ?? '').split(':').map(Number);
  if (isRoot && user !== undefined && group !== undefined) chownSync(join(root, path), user, group);
}

/** Returns the health check's arguments behind those that it shares with the entry point. */
function healthCheck(): readonly string[] {
  return wordsOf('HEALTHCHECK').slice(wordsOf('ENTRYPOINT').length);
}

/** Returns the variables of an example, but for the campaign, which it leaves to the user. */
function settingsOf(example: string): Record<string, string> {
  const text = readFileSync(join(repository, `examples/compose/${example}.env.example`), 'utf8');
  const { DBSYNC_CAMPAIGN: _, ...settings } = parseEnv(text) as Record<string, string>;
  return settings;
}

/** Starts the entry point within the root as the user of the image; without the rights of root, within a namespace of its own. */
function startInImage(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const [user = ''] = wordsOf('USER');
  const enter = isRoot ? ['chroot', `--userspec=${user}`, root] : ['unshare', '--map-root-user', `--root=${root}`];
  const [command = '', ...rest] = [...enter, ...wordsOf('ENTRYPOINT'), ...args];
  const PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin';
  const own = Object.fromEntries(wordsOf('ENV').map((word) => word.split(/=(.*)/s).slice(0, 2)));
  const child = spawn(command, rest, { env: { ...own, ...variables, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, ...followOutput(child) };
}

async function runInImage(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const run = startInImage(args, variables);
  return { code: await run.ended, output: run.stdout() + run.stderr() };
}

/** Returns the files of the root, each with its size and the time of its last change; those of the volumes apart. */
function filesOutsideOfVolumes(): readonly string[] {
  const volumes = wordsOf('VOLUME').map((path) => `${path.slice(1)}/`);
  return globSync('**', { cwd: root })
    .filter((path) => !volumes.some((volume) => path.startsWith(volume) || `${path}/` === volume))
    .map((path) => {
      const { size, mtimeMs } = lstatSync(join(root, path));
      return `${path} ${size} ${mtimeMs}`;
    });
}
