import { globSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followOutput } from '../harness/command/followed-output.ts';
import { manifestOf } from '../harness/packed-packages.ts';
import { giveInImage, imageWords, playDockerfile, startInImage } from '../harness/played-image.ts';
import { diskFolder } from '../harness/temporary-folders.ts';

const repository = join(import.meta.dirname, '../..');

/** The image, without an engine: each instruction of the Dockerfile is carried out on folders, and the result is a root. */
const folder = mkdtempSync(join(diskFolder(), 'dbsync-image-'));
const root = join(folder, 'root');
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ contacts: 3 });
  // The context is the repository, built, as the tests find it.
  await playDockerfile({ context: repository, folder, isBuilt: true });
  writeFileSync(join(root, 'run/secrets/token'), simulator.token, { mode: 0o400 });
  giveInImage(root, 'run/secrets/token', imageWords('USER')[0]);
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
  for (const manifest of places) {
    const { name, version } = JSON.parse(readFileSync(join(root, 'opt/dbsync', manifest), 'utf8'));
    if (!name.startsWith('@dbsync/')) expect(lock, manifest).toContain(`\n  ${name}@${version}:\n`);
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

  const daemon = start(given, { ...settingsOf('db-sync'), ...secrets, DBSYNC_VERBOSE: 'true' });
  await daemon.printed('Cycle:');
  expect((await runInImage([...healthCheck(), ...given])).code, 'a process holds it').toBe(0);
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(filesOutsideOfVolumes()).toEqual(before);
});

/** Returns the health check's arguments behind those that it shares with the entry point. */
function healthCheck(): readonly string[] {
  return imageWords('HEALTHCHECK').slice(imageWords('ENTRYPOINT').length);
}

/** Returns the variables of an example, but for the campaign, which it leaves to the user. */
function settingsOf(example: string): Record<string, string> {
  const text = readFileSync(join(repository, `examples/compose/${example}.env.example`), 'utf8');
  const { DBSYNC_CAMPAIGN: _, ...settings } = parseEnv(text) as Record<string, string>;
  return settings;
}

function start(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const child = startInImage(root, args, variables);
  return { child, ...followOutput(child) };
}

async function runInImage(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const run = start(args, variables);
  return { code: await run.ended, output: run.stdout() + run.stderr() };
}

/** Returns the files of the root, each with its size and the time of its last change; those of the volumes apart. */
function filesOutsideOfVolumes(): readonly string[] {
  const volumes = imageWords('VOLUME').map((path) => `${path.slice(1)}/`);
  return globSync('**', { cwd: root })
    .filter((path) => !volumes.some((volume) => path.startsWith(volume) || `${path}/` === volume))
    .map((path) => {
      const { size, mtimeMs } = lstatSync(join(root, path));
      return `${path} ${size} ${mtimeMs}`;
    });
}
