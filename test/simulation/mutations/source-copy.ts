import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Mutation } from './mutation.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NOT_COPIED = new Set(['.git', '.cache', 'dist', 'coverage', 'demo']);

/** A copy of the sources of the repository that can be changed, built and run without touching the repository. */
export interface SourceCopy extends Disposable {
  readonly folder: string;
  /** Applies one change, in place of the one before. Throws where the text is not in the file exactly once. */
  apply(change: Pick<Mutation, 'file' | 'find' | 'replace'> | null): void;
  /** Compiles and bundles the packages. Returns null, or the errors of the compiler or the bundler. */
  build(): string | null;
  /** Runs a script in the folder with the Node of this process. */
  run(script: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string };
}

export function copySources(): SourceCopy {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-mutations-'));
  // Links between packages are relative, so those of the copy lead to the copy; installed packages are linked as a
  // whole.
  cpSync(ROOT, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) =>
      !NOT_COPIED.has(basename(path)) && !path.endsWith('.tsbuildinfo') && path !== join(ROOT, 'node_modules', '.pnpm'),
  });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', '.pnpm'), join(folder, 'node_modules', '.pnpm'));
  let changed: { readonly path: string; readonly original: string } | null = null;

  const run: SourceCopy['run'] = (script, ...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, script), ...args], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, NO_COLOR: '1' },
    });
    return { status, output: `${stdout}${stderr}` };
  };
  return {
    folder,
    run,
    apply(change) {
      if (changed !== null) writeFileSync(changed.path, changed.original);
      changed = null;
      if (change === null) return;
      const path = join(folder, change.file);
      const original = readFileSync(path, 'utf8');
      writeFileSync(path, changeText(original, change));
      changed = { path, original };
    },
    build() {
      const compiled = run('node_modules/typescript/bin/tsc', '-b', ...PACKAGES);
      if (compiled.status !== 0) return compiled.output;
      const bundled = run('scripts/bundle.ts');
      return bundled.status === 0 ? null : bundled.output;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The projects that all others are built with. */
const PACKAGES = [
  'packages/cli',
  'packages/simulator',
  'packages/sink-sqlite',
  'packages/sink-webhook',
  'packages/testkit',
].concat(['postgres', 'mysql', 'mssql'].map((engine) => `packages/sink-${engine}`));

/** Returns the text of a file with a change in it. Throws where the text to change is not there exactly once. */
export function changeText(text: string, { file, find, replace }: Pick<Mutation, 'file' | 'find' | 'replace'>): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} has the text of a mutation ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}
