import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { commandIn } from './debian-build.ts';
import { debianTree } from './debian-tree.ts';

/** FreeTDS: clients of TDS that have nothing in common with the one that the sink uses. */
export interface Freetds {
  /**
   * Runs one of its programs and returns all that it prints, whether it succeeds or not.
   *
   * @param settings of the server, which the arguments call `peer`, as freetds.conf takes them
   */
  run(
    program: 'tsql' | 'freebcp',
    settings: Readonly<Record<string, string | number>>,
    call: FreetdsCall,
  ): Promise<string>;
}

export interface FreetdsCall {
  readonly arguments: readonly string[];
  /** The text for its standard input. */
  readonly input: string;
}

/**
 * Fetches it from Debian's packages, each with the libraries that it was built for. Needs apt-get and dpkg-deb, but not
 * root.
 */
export async function fetchFreetds(): Promise<Freetds> {
  const tree = await debianTree({ name: 'freetds-bin' });
  return {
    run: async (program, settings, call) => {
      const folder = await mkdtemp(join(tmpdir(), 'dbsync-freetds-'));
      try {
        const lines = Object.entries({ ...settings, 'client charset': 'UTF-8' }).map((setting) => setting.join(' = '));
        await writeFile(join(folder, 'freetds.conf'), ['[peer]', ...lines, ''].join('\n'));
        return await outputOf([...commandIn(tree, `usr/bin/${program}`), ...call.arguments], folder, call.input);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function outputOf([program = '', ...args]: readonly string[], folder: string, input: string): Promise<string> {
  const env = { FREETDSCONF: join(folder, 'freetds.conf'), HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const child = spawn(program, args, { env, cwd: folder });
  child.stdin.end(input);
  return (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
}
