// Bundles each package into `packages/*/dist`: a file for each module that others load, and files that those share. A start then
// loads some 20 files in place of 300, which takes half of its CPU time. The compiler has checked the types before, and wrote
// the declarations. Dependencies stay imports.
import { globSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** The modules that are loaded by their path, beside those of `exports`: by commands, by tests within their process, by child processes. */
const LOADED_BY_PATH: Readonly<Record<string, readonly string[]>> = {
  cli: ['bin', 'main'],
  'create-dbsync-sink': ['bin'],
  simulator: ['bin'],
  testkit: ['children/child-deliverer', 'children/child-writer'],
};

const packagesFolder = join(import.meta.dirname, '..', 'packages');
await Promise.all(readdirSync(packagesFolder).map(bundle));

async function bundle(name: string): Promise<void> {
  const folder = join(packagesFolder, name);
  await using build = await rolldown({
    cwd: folder,
    input: Object.fromEntries(modulesOf(name, folder).map((module) => [module, `./src/${module}.ts`])),
    platform: 'node',
    external: (id) => id !== 'kysely' && !id.startsWith('.') && !id.startsWith('/'),
    resolve: { extensionAlias: { '.js': ['.ts'] } },
    plugins: [kyselyOf(name)],
    transform: { target: 'node24' },
  });
  const dir = join(folder, 'dist');
  const { output } = await build.write({ dir, format: 'esm', sourcemap: true, chunkFileNames: '[name]-[hash].js' });
  const written = new Set(output.map(({ fileName }) => fileName));
  for (const file of globSync('**/*.{js,js.map}', { cwd: dir })) if (!written.has(file)) rmSync(join(dir, file));
}

/**
 * kysely is bundled into `@dbsync/sql/kysely`, where all packages find it: to load its 300 modules takes a start longer than
 * all modules of dbsync.
 */
function kyselyOf(name: string): Plugin {
  return {
    name: 'kysely',
    resolveId: (id) => (id === 'kysely' && name !== 'sql' ? { id: '@dbsync/sql/kysely', external: true } : null),
  };
}

/** Returns the entry modules of a package, as paths below `src` without the ending. */
function modulesOf(name: string, folder: string): readonly string[] {
  const manifest: { exports?: Record<string, string | { default: string }> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const exported = Object.values(manifest.exports ?? {})
    .map((target) => (typeof target === 'string' ? target : target.default))
    .flatMap((path) => /^\.\/dist\/(.+)\.js$/.exec(path)?.[1] ?? []);
  return [...exported, ...(LOADED_BY_PATH[name] ?? [])];
}
