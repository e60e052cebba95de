import type { NewSink } from './new-sink.js';

/** Tools of the new package; a test compares them with those of dbsync. */
export const TOOLS = { '@types/node': '^24.19.2', typescript: '^7.0.2' };

/** Returns the package.json of a new sink. */
export function manifestOf({ kind, packageName, scheme }: NewSink, coreVersion: string): object {
  return {
    name: packageName,
    version: '0.1.0',
    description: `dbsync sink for ${scheme}: URLs`,
    keywords: ['dbsync', 'dbsync-sink', scheme],
    license: 'MIT',
    type: 'module',
    engines: { node: '>=24' },
    files: ['dist'],
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      ...(kind === 'store' && { './testing': { types: './dist/testing.d.ts', default: './dist/testing.js' } }),
      './package.json': './package.json',
    },
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      prepare: 'npm run build',
      test: 'tsc && node --test "test/**/*.test.ts"',
    },
    dbsync: { sinkApi: 1, schemes: [scheme], entry: './dist/index.js', options: {} },
    peerDependencies: { '@dbsync/core': `>=${coreVersion}` },
    devDependencies: {
      '@dbsync/core': `^${coreVersion}`,
      '@dbsync/testkit': `^${coreVersion}`,
      ...TOOLS,
    },
  };
}
