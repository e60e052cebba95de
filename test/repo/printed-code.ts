import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './source-files.ts';

/** A block of code in a document. */
export interface PrintedBlock {
  /** The path in its first line, such as `// src/index.ts`, or one made from its position. */
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** Returns the fenced blocks of a Markdown page that name a language, in their order. */
export function printedBlocks(page: string): readonly PrintedBlock[] {
  return Array.from(page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = '', text = ''], nr) => ({
    path: /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? `block-${nr + 1}.${language}`,
    language,
    text,
  }));
}

/**
 * Type-checks the TypeScript blocks, each under its path, beside the declarations in a folder.
 *
 * @returns the compiler's errors; empty: none
 */
export function typeErrors(blocks: readonly PrintedBlock[], declarations: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-printed-'));
  try {
    if (declarations !== null) cpSync(declarations, folder, { recursive: true });
    symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const { compilerOptions, ...rest } = SETTINGS;
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, ...rest }));
    for (const { path, text } of blocks.filter(({ language }) => language === 'ts')) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return status === 0 ? '' : stdout || 'The compiler failed.';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SETTINGS = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  },
};
