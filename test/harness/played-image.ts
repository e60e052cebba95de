import { spawn } from 'node:child_process';
import { chownSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DockerfileStage, dockerfile, type StageInstruction, stagesOf } from './dockerfile-stages.ts';
import { mustRun } from './run-program.ts';

const isRoot = process.getuid?.() === 0;
const [build, image] = stagesOf(dockerfile) as [DockerfileStage, DockerfileStage];

/** Returns the words of an instruction of the image; none where it has no such instruction. */
export function imageWords(keyword: string): readonly string[] {
  return image.instructions.find((one) => one.keyword === keyword)?.words ?? [];
}

/** The place of an image that is made without an engine. */
export interface PlayedBuild {
  /** The clone that is the context. It is built in place. */
  readonly context: string;
  /** The folder that gets `root`, the root of the image. */
  readonly folder: string;
  /** True: the context is built already, so that instruction is left out. */
  readonly isBuilt: boolean;
}

/**
 * Carries out each instruction of the Dockerfile on folders, without an engine. The base of the image is the libraries that
 * Node.js is linked to, of this machine.
 *
 * @returns the root of the image
 * @throws Error where the Dockerfile has an instruction that this cannot carry out
 */
export async function playDockerfile(played: PlayedBuild): Promise<string> {
  for (const instruction of build.instructions) await buildStep(instruction, played);
  const root = join(played.folder, 'root');
  await layBase(root);
  for (const instruction of image.instructions.filter(({ keyword }) => keyword === 'COPY')) {
    copy(instruction, played.folder, root);
  }
  mkdirSync(join(root, 'run/secrets'), { recursive: true });
  return root;
}

/** Gives a file of the root to the owner, `user:group` in numbers, where this process may. */
export function giveInImage(root: string, path: string, owner: string | undefined): void {
  const [user, group] = (owner ?? '').split(':').map(Number);
  if (isRoot && user !== undefined && group !== undefined) chownSync(join(root, path), user, group);
}

/** Starts the entry point within the root as the user of the image; without the rights of root, within a namespace of its own. */
export function startInImage(
  root: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
) {
  const [user = ''] = imageWords('USER');
  const enter = isRoot ? ['chroot', `--userspec=${user}`, root] : ['unshare', '--map-root-user', `--root=${root}`];
  const [command = '', ...rest] = [...enter, ...imageWords('ENTRYPOINT'), ...args];
  const PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin';
  const own = Object.fromEntries(imageWords('ENV').map((word) => word.split(/=(.*)/s).slice(0, 2)));
  return spawn(command, rest, { env: { ...own, ...variables, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function buildStep({ keyword, words, isExec }: StageInstruction, played: PlayedBuild): Promise<void> {
  const given = [keyword, ...words].join(' ');
  if (given === 'WORKDIR /src' || given === 'COPY . .') return;
  if (keyword !== 'RUN' || !isExec) throw new Error(`No way to carry out "${given}" without an engine`);
  const [command = '', ...args] = words.map((word) => (word.startsWith('/image/') ? join(played.folder, word) : word));
  const [script, task] = args;
  if (played.isBuilt && script === 'scripts/setup.mjs' && task === 'build') return;
  await mustRun(command, args, { cwd: played.context });
}

async function layBase(root: string): Promise<void> {
  const linked = await mustRun('ldd', [process.execPath], { cwd: dirname(root) });
  for (const [library] of linked.matchAll(/(?<=\s)\/\S+(?= \()/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
}

function copy({ flags, words }: StageInstruction, folder: string, root: string): void {
  const [from = '', to = ''] = words;
  if (flags.from !== build.name) throw new Error(`COPY ${from} is not from the stage ${build.name}`);
  cpSync(join(folder, from), join(root, to), { recursive: true, verbatimSymlinks: true });
  giveInImage(root, to, flags.chown);
}
