// `node scripts/print-public-api.ts` prints docs/public-api.md from the entry points of the published packages; `npm test` compares.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EntryPoint, entryPoints } from '../test/repo/entry-points.ts';
import { exportsOf } from '../test/repo/exported-names.ts';
import { packageSources, repositoryRoot, type SourceFile } from '../test/repo/source-files.ts';

const INTRODUCTION = `# Public API

Every name that the published packages export. A change of this page is a change for programs that embed dbsync or for authors
of sinks, so it has a line in the changelog. Each name has a comment in its source that says what it is; editors show it.

- Programs that embed dbsync import \`@dbsync/core\`.
- Sinks import \`@dbsync/core/contract\`, their tests \`@dbsync/testkit\`. SQL sinks may build on \`@dbsync/sql\`.
  \`@dbsync/core/sink-kit\` has low-level helpers that core and sinks share; a sink needs none of them to fit the contract.
- \`@dbsync/core/cli-kit\` is for \`@dbsync/cli\` alone, and may change with every release.

This page is printed by \`node scripts/print-public-api.ts\`.
`;

/** Returns the page for these entry points. */
export function publicApiPage(doors: readonly EntryPoint[], files: readonly SourceFile[]): string {
  const sections = doors.map(({ specifier, source }) => {
    const kinds = new Map(exportsOf(source, files).map(({ name, kind }) => [name, kind]));
    const lines = [...kinds.keys()].sort().map((name) => `- \`${name}\`: ${kinds.get(name)}`);
    return [`## ${specifier}`, lines.join('\n')].join('\n\n');
  });
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`;
}

if (import.meta.main) {
  const page = join(repositoryRoot, 'docs', 'public-api.md');
  writeFileSync(page, publicApiPage(entryPoints(), packageSources()));
  console.log(`Wrote ${page}.`);
}
