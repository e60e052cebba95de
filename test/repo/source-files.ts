import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A text file of the repository: its path from the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const repositoryRoot = join(import.meta.dirname, '..', '..');

const IGNORED_FOLDERS = new Set(['.git', 'node_modules', 'dist', '.cache', 'coverage', 'demo']);
const BINARY = /\.(png|webp|jpg|gif|ico|db|tgz|gz|zip)$/;
/** Matches files that commands make and that are not tracked. */
const MADE = /(?:^|\/)(?:npm-shrinkwrap\.json|dbsync\.cdx\.json|packages\/cli\/completions\/|packaged\/)/;

/** Returns the tracked text files; in an unpacked archive, which has no git, all files of a clone. */
export function repositoryFiles(): readonly SourceFile[] {
  return repositoryPaths()
    .filter((path) => !BINARY.test(path) && !MADE.test(path) && existsSync(join(repositoryRoot, path)))
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}

/** Returns the TypeScript that is shipped: of the packages, tests apart. */
export function packageSources(): readonly SourceFile[] {
  return repositoryFiles().filter(({ path }) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !isTest(path));
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** Returns the paths of all tracked files, pictures too. */
export function repositoryPaths(): readonly string[] {
  if (!existsSync(join(repositoryRoot, '.git'))) return walk(repositoryRoot);
  return execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8' }).split('\0').filter(Boolean);
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED_FOLDERS.has(entry.name) ? [] : walk(path);
    return entry.name.endsWith('.tsbuildinfo') ? [] : [relative(repositoryRoot, path).split(sep).join('/')];
  });
}
