// The entry to the repository: `node scripts/setup.mjs [command]`, on any Node >= 20 and without dependencies. It
// installs the workspace when the lock file has changed, then runs the command under the Node of the repository.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const [command = 'install', ...args] = process.argv.slice(2);

const commands = {
  install: () => build(),
  build: () => build(),
  demo: () => build() || script('scripts/demo.ts'),
  test: () => script('scripts/test.ts'),
  bench: () => build() || script('bench/bench.ts'),
  chaos: () => build() || script('test/chaos/chaos.ts'),
  simulate: () => build() || script('test/simulation/simulate.ts'),
  sbom: () => script('scripts/make-sbom.ts'),
  prepack: () => script('scripts/make-shrinkwrap.ts') || script('scripts/make-completions.ts'),
  package: () => build() || script('scripts/package/package.ts'),
  pack: () =>
    pnpm(ownEnvironment(), '--filter', './packages/*', 'pack', '--pack-destination', resolve(args[0] ?? 'packed')),
  release: () => script('scripts/release.ts'),
  program: () => script('scripts/make-program.ts'),
  fix: () => bin('@biomejs/biome/bin/biome', 'check', '--colors=off', '--write', '.'),
};

if (!Object.hasOwn(commands, command)) {
  console.error(`Unknown command "${command}". Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
install();
const node = ownNode();
process.exit(commands[command]());

/** Installs the workspace. A stamp holds the hash of the last installation, so that a second call costs nothing. */
function install() {
  const lock = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.mjs'])
    lock.update(readFileSync(join(root, file)));
  const wanted = lock.digest('hex');
  const stamp = join(root, 'node_modules', '.dbsync-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error(
    `Setting up: ${packageManager()} installs the workspace and its own Node 24 (about 20 s the first time) ...`,
  );
  const started = Date.now();
  const status = pnpm(process.env, 'install', '--frozen-lockfile', '--reporter=append-only');
  if (status !== 0) {
    console.error('The install failed: see above. It needs the npm registry; behind a proxy set HTTPS_PROXY.');
    process.exit(3);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  console.error(`Set up in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** Returns the Node that the lock file brings; on a platform without one, the user's own if it is new enough. */
function ownNode() {
  const os = windows ? 'win' : process.platform;
  const brought = join(root, 'node_modules', `node-${os}-${process.arch}`, 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(brought)) return realpathSync(brought);
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    `No Node 24 comes with the repository for ${process.platform}-${process.arch}: install Node >= 24 and call again.`,
  );
  process.exit(3);
}

function build() {
  return bin('typescript/bin/tsc', '-b') || run(node, [join(root, 'scripts/bundle.ts')], ownEnvironment());
}

function bin(path, ...rest) {
  return run(node, [join(root, 'node_modules', path), ...rest], ownEnvironment());
}

function script(path) {
  return run(node, [join(root, path), ...args], ownEnvironment());
}

/** Returns the exact version of pnpm that the repository names, in the form of `npx`. */
function packageManager() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
}

function pnpm(environment, ...rest) {
  return run('npx', ['-y', packageManager(), ...rest], environment);
}

/** Returns an environment in which children of children find the same Node first. */
function ownEnvironment() {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path };
}

function run(file, argv, env) {
  const result = spawnSync(file, argv, { cwd: root, stdio: 'inherit', env, shell: windows && file === 'npx' });
  if (result.error) throw result.error;
  return result.status ?? 1;
}
