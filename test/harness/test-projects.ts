/** All test files. */
export const TESTS: readonly string[] = [
  'packages/*/src/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'test/**/*.test.ts',
];

/**
 * The test files that share a process with others, one after the other, which saves a new process and the loading of
 * all modules for each file. They need no server and change nothing that belongs to the whole process. Other test files
 * do not belong in this list.
 */
export const SHARED: readonly string[] = ['core', 'sql', 'simulator', 'cli'].flatMap((name) => [
  `packages/${name}/src/**/*.test.ts`,
  `packages/${name}/test/**/*.test.ts`,
]);
