import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from './source-files.ts';

/** Files that break one rule each, and the rule that the linter must find. */
const BROKEN: Readonly<Record<string, { readonly rule: string; readonly text: string }>> = {
  'packages/core/src/emit/too-long.ts': {
    rule: 'style/noExcessiveLinesPerFile',
    text: Array.from({ length: 251 }, (_, index) => `export const line${index} = ${index};`).join('\n'),
  },
  'packages/core/src/emit/long-function.ts': {
    rule: 'complexity/noExcessiveLinesPerFunction',
    text: `export function long(add: (n: number) => void): void {\n${'  add(1);\n'.repeat(72)}}\n`,
  },
  'packages/core/src/emit/believes-anything.ts': {
    rule: 'suspicious/noExplicitAny',
    text: 'export const parse = (text: string): any => JSON.parse(text);\n',
  },
  'packages/core/src/emit/believes-in-luck.ts': {
    rule: 'style/noNonNullAssertion',
    text: 'export const first = (items: readonly string[]): string => items[0]!;\n',
  },
  'packages/core/src/emit/has-default.ts': { rule: 'style/noDefaultExport', text: 'export default 1;\n' },
  'packages/core/src/emit/has-enum.ts': { rule: 'style/noEnum', text: 'export enum Level {\n  Low,\n}\n' },
  'packages/core/src/emit/camelCase.ts': { rule: 'style/useFilenamingConvention', text: 'export const a = 1;\n' },
  'packages/core/src/emit/barrel.ts': { rule: 'performance/noBarrelFile', text: "export * from './circle-a.js';\n" },
  'packages/core/src/emit/unused.ts': {
    rule: 'correctness/noUnusedVariables',
    text: 'const unused = 1;\nexport const a = 1;\n',
  },
  'packages/core/src/emit/not-awaited.ts': {
    rule: 'nursery/noFloatingPromises',
    text: 'async function write(): Promise<void> {}\n\nexport function start(): void {\n  write();\n}\n',
  },
  'packages/core/src/emit/undeclared.ts': {
    rule: 'correctness/noUndeclaredDependencies',
    text: "import { padLeft } from 'left-pad';\n\nexport const pad = padLeft;\n",
  },
  'packages/core/src/emit/circle-a.ts': {
    rule: 'suspicious/noImportCycles',
    text: "import { b } from './circle-b.js';\n\nexport const a = (): number => b();\n",
  },
  'packages/core/src/emit/circle-b.ts': {
    rule: 'suspicious/noImportCycles',
    text: "import { a } from './circle-a.js';\n\nexport const b = (): number => a();\n",
  },
  'packages/core/src/emit/skipped.test.ts': {
    rule: 'suspicious/noSkippedTests',
    text: "import { it } from 'vitest';\n\nit.skip('waits', () => {});\n",
  },
  'packages/core/src/emit/focused.test.ts': {
    rule: 'suspicious/noFocusedTests',
    text: "import { it } from 'vitest';\n\nit.only('runs', () => {});\n",
  },
  'packages/core/src/emit/unformatted.ts': { rule: 'format', text: 'export const a = "1"\n' },
};

describe('the linter finds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-lint-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const found = lint(folder);

  it.each(Object.entries(BROKEN))('the fault of %s', (path, { rule }) => {
    expect(found.get(path)).toContain(rule);
  });
});

/** Lints the broken files under the configuration of the repository; returns the rules broken by each. */
function lint(folder: string): ReadonlyMap<string, readonly string[]> {
  copyFileSync(join(repositoryRoot, 'biome.json'), join(folder, 'biome.json'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "broken", "devDependencies": { "vitest": "*" } }\n');
  for (const [path, { text }] of Object.entries(BROKEN)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const args = [biome, 'ci', '--colors=off', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
  const found = new Map<string, string[]>();
  for (const { category, location } of diagnostics)
    found.set(location.path, [...(found.get(location.path) ?? []), category.replace(/^lint\//, '')]);
  return found;
}

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}
