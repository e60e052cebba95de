import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { placesOf } from '../package-places.ts';

const packagesFolder = join(import.meta.dirname, '../../packages');

/** A package as the lock file installed it, or one of this repository. */
interface InstalledPackage {
  readonly name: string;
  /** The folder of the package, without links; '' for the root of all. */
  readonly folder: string;
  readonly isOwn: boolean;
  /** The entries of `files`, for packages of this repository. */
  readonly files: readonly string[];
  readonly needs: readonly string[];
}

/** Files that no run needs. Licences stay. */
const NOT_NEEDED = /\.(?:map|[cm]?ts|tsbuildinfo|md|markdown|flow|test\.[cm]?js)$/i;
/** Entries of `files` that are made when a package is packed for npm. */
const MADE: readonly string[] = ['npm-shrinkwrap.json', 'completions'];
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:-[\w.]+)?(?:\.(?:md|markdown|txt))?$/i;

/**
 * Copies the command and all sinks of this repository, with all that they need to run, into `node_modules` of a folder, in the
 * versions of the lock file. No file of it depends on the platform.
 */
export function copyProgram(folder: string): void {
  const known = new Map<string, InstalledPackage>();
  const at = (path: string): InstalledPackage => {
    const realPath = realpathSync(path);
    const found = known.get(realPath) ?? readPackage(realPath);
    known.set(realPath, found);
    return found;
  };
  const sinks = globSync('sink-*', { cwd: packagesFolder }).sort();
  const roots = ['cli', ...sinks].map((name) => at(join(packagesFolder, name)));
  const root: InstalledPackage = { name: 'dbsync', folder: '', isOwn: true, files: [], needs: [] };
  const needsOf = (needing: InstalledPackage) => {
    if (needing === root) return roots;
    return needing.needs.flatMap((name) => {
      const found = folderFrom(needing.folder, name);
      return found === null ? [] : [at(found)];
    });
  };
  for (const [folderBelow, { folder: from, isOwn, files }] of placesOf(root, needsOf, ({ name }) => name)) {
    if (folderBelow !== '') copyPackage(from, join(folder, folderBelow), isOwn ? files : null);
  }
}

function readPackage(folder: string): InstalledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const {
    name,
    files = [],
    dependencies,
    peerDependencies = {},
    peerDependenciesMeta = {},
    optionalDependencies,
  } = manifest;
  const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
  const needs = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers].sort();
  return { name, folder, isOwn: folder.startsWith(realpathSync(packagesFolder)), files, needs };
}

/** Returns the folder that Node.js finds under the name from there; null: it is not installed, such as for another platform. */
function folderFrom(from: string, name: string): string | null {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return null;
}

/** @param published entries of a package of this repository that are published; null: all files */
function copyPackage(from: string, to: string, published: readonly string[] | null): void {
  const entries =
    published
      ?.filter((entry) => !entry.startsWith('!') && !MADE.includes(entry))
      .concat('bin', 'package.json', 'LICENSE') ?? [];
  const isPublished = (path: string) =>
    published === null || entries.some((entry) => path === entry || path.startsWith(`${entry}/`));
  for (const path of filesIn(from)) {
    if (!isPublished(path) || (NOT_NEEDED.test(path) && !LICENCE.test(basename(path)))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(from, path), join(to, path));
  }
}

/** Returns the files of a package, without the packages in its own `node_modules`. */
function filesIn(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(folder, path);
    return entry.isFile() ? [path] : [];
  });
}
