import { describe, expect, it } from 'vitest';
import { importsOf, type ModuleImport } from './module-imports.ts';
import { packageSources, type SourceFile } from './source-files.ts';

/** The packages that a package may import, and their entry points. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  testkit: ['@dbsync/core/contract'],
  sql: ['@dbsync/core/contract', '@dbsync/core/sink-kit'],
  'sink-mssql': ['@dbsync/sql', '@dbsync/core/contract', '@dbsync/core/sink-kit'],
  'sink-mysql': ['@dbsync/sql', '@dbsync/core/contract', '@dbsync/core/sink-kit'],
  'sink-postgres': ['@dbsync/sql', '@dbsync/core/contract', '@dbsync/core/sink-kit'],
  'sink-sqlite': ['@dbsync/sql', '@dbsync/core/contract', '@dbsync/core/sink-kit'],
  'sink-webhook': ['@dbsync/core/contract', '@dbsync/core/sink-kit'],
  'sink-nats': ['@dbsync/core/contract', '@dbsync/core/sink-kit'],
  cli: ['@dbsync/core', '@dbsync/core/cli-kit', '@dbsync/core/contract'],
  simulator: [],
  'create-dbsync-sink': [],
};

/**
 * The floors of core: a room imports from lower floors only, never from its own, so the rooms of one floor do not know
 * each other. Waits are reported to `observe`, and the outbox waits, so these three are floors of their own.
 */
const FLOORS = [
  ['index', 'cli-kit', 'sink-kit'],
  ['runs'],
  ['daemon'],
  ['discover', 'fetch', 'transform', 'emit', 'deliver'],
  ['outbox'],
  ['concurrency'],
  ['observe'],
  ['records', 'network'],
  ['errors'],
  ['contract'],
];

/** The floors inside a folder with rooms of its own; files beside the rooms are its top floor. */
const HOUSES: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src/outbox/': ['report', 'commit', 'rows', 'file', 'faces'],
  'packages/sql/src/': ['comments', 'views', 'write', 'schema', 'stream', 'columns', 'words', 'engine'],
};

/**
 * Rooms beside the pipeline: the rooms that they may import, and the rule that only the embedding API may import them.
 */
const ANNEXES: Readonly<
  Record<string, { readonly mayImport: readonly string[]; readonly importedBy: readonly string[] }>
> = {
  plugins: { mayImport: ['records', 'network', 'errors', 'contract'], importedBy: ['index', 'cli-kit'] },
};

describe('imports go one way', () => {
  const sources = packageSources();

  it('between packages and inside core', () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
    expect(wrongImports(sources)).toEqual([]);
  });

  it.each([
    ['a sink that imports more of core than the contract', 'packages/sink-sqlite/src/a.ts', '@dbsync/core'],
    [
      'a contract that imports what sinks may share with core',
      'packages/core/src/contract/a.ts',
      '../sink-kit/index.js',
    ],
    ['sql that imports a sink', 'packages/sql/src/a.ts', '@dbsync/sink-sqlite'],
    ['a sink that takes what only the command needs', 'packages/sink-webhook/src/a.ts', '@dbsync/core/cli-kit'],
    ['a run that imports a door of core', 'packages/core/src/runs/a.ts', '../cli-kit/index.js'],
    ['core that imports sql', 'packages/core/src/runs/a.ts', '@dbsync/sql'],
    ['a simulator that imports core', 'packages/simulator/src/a.ts', '@dbsync/core/contract'],
    ['a relative way into another package', 'packages/cli/src/a.ts', '../../core/src/index.js'],
    ['two of the five that know each other', 'packages/core/src/fetch/a.ts', '../emit/b.js'],
    ['a lower floor that imports a higher one', 'packages/core/src/observe/a.ts', '../concurrency/clock.js'],
    ['a run that is imported by the daemon', 'packages/core/src/daemon/a.ts', '../runs/sync-run.js'],
    ['a contract that imports a package', 'packages/core/src/contract/a.ts', 'node:fs'],
    ['a contract that imports core', 'packages/core/src/contract/a.ts', '../errors/dbsync-error.js'],
    ['a testkit that imports more of core than the contract', 'packages/testkit/src/cases/a.ts', '@dbsync/core'],
    ['the pipeline that imports the testkit', 'packages/core/src/runs/a.ts', '@dbsync/testkit'],
    ['a sink that imports the testkit', 'packages/sink-sqlite/src/a.ts', '@dbsync/testkit'],
    ['a run that loads plugins', 'packages/core/src/runs/a.ts', '../plugins/load-plugin.js'],
    ['rows of the outbox that import a commit', 'packages/core/src/outbox/rows/a.ts', '../commit/b.js'],
    ['columns that import the schema', 'packages/sql/src/columns/a.ts', '../schema/b.js'],
    ['a room that imports a file above all rooms', 'packages/sql/src/engine/a.ts', '../open-database.js'],
    ['an error that knows records', 'packages/core/src/errors/a.ts', '../records/b.js'],
    ['a loose file of core', 'packages/core/src/a.ts', './contract/index.js'],
    ['a room without a floor', 'packages/core/src/lobby/a.ts', '../contract/index.js'],
    ['a package without rules', 'packages/sink-new/src/a.ts', '@dbsync/core/contract'],
  ])('refuses %s', (_, path, specifier) => {
    const text = `import {\n  type A, // with a comment\n} from '${specifier}';\n`;
    expect(wrongImports([{ path, text }])).toHaveLength(1);
    expect(wrongImports([{ path, text: `export * from '${specifier}';` }])).toHaveLength(1);
    expect(wrongImports([{ path, text: `const a = await import('${specifier}');` }])).toHaveLength(1);
  });

  it('leaves repetition to one file', () => {
    const importers = (files: readonly SourceFile[]) =>
      files.flatMap(importsOf).flatMap(({ from, to }) => (to === 'p-retry' ? [from] : []));
    expect(importers(sources)).toEqual(['packages/core/src/concurrency/repeat.ts']);
    expect(importers([{ path: 'packages/cli/src/a.ts', text: "import pRetry from 'p-retry';" }])).toHaveLength(1);
  });

  it('takes what the floors allow', () => {
    const text = `import '../observe/run-events.js';\nimport '../errors/dbsync-error.js';\nimport got from 'got';\nimport './b.js';`;
    expect(wrongImports([{ path: 'packages/core/src/fetch/a.ts', text }])).toEqual([]);
  });
});

function wrongImports(files: readonly SourceFile[]): readonly string[] {
  return files
    .flatMap(importsOf)
    .filter((edge) => !isAllowed(edge))
    .map(({ from, to }) => `${from} imports ${to}`);
}

function isAllowed({ from, to }: ModuleImport): boolean {
  const home = packageOf(from);
  const doors = PACKAGES[home];
  if (doors === undefined) return false;
  if (to.startsWith('@dbsync/')) return doors.includes(to);
  if (to.startsWith('packages/'))
    return packageOf(to) === home && isAllowedInHouse(from, to) && (home !== 'core' || isAllowedInCore(from, to));
  return roomOf(from) !== 'contract' || home !== 'core';
}

function isAllowedInHouse(from: string, to: string): boolean {
  return Object.entries(HOUSES).every(([house, rooms]) => {
    if (!from.startsWith(house) || !to.startsWith(house)) return true;
    const [room, target] = [from, to].map((path) => path.slice(house.length).split('/')) as [string[], string[]];
    if (target.length === 1) return room.length === 1;
    if (room.length === 1 || room[0] === target[0]) return rooms.includes(target[0] ?? '');
    return rooms.indexOf(room[0] ?? '') >= 0 && rooms.indexOf(room[0] ?? '') < rooms.indexOf(target[0] ?? '');
  });
}

function isAllowedInCore(from: string, to: string): boolean {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === target) return floorOf(room) >= 0 || room in ANNEXES;
  const annex = ANNEXES[target];
  if (annex !== undefined) return annex.importedBy.includes(room);
  const ownAnnex = ANNEXES[room];
  if (ownAnnex !== undefined) return ownAnnex.mayImport.includes(target);
  return floorOf(room) >= 0 && floorOf(room) < floorOf(target);
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function packageOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Returns the folder below `src`; the file itself at its top, `index` for the entry point. */
function roomOf(path: string): string {
  const [room = ''] = path.split('/').slice(3);
  return room === 'index.ts' ? 'index' : room;
}
