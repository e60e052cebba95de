import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { columnTypesPage } from '../../scripts/print-column-types.ts';
import { repositoryRoot } from './source-files.ts';

it('docs/column-types.md has the types of each choice (else run `node scripts/print-column-types.ts`)', async () => {
  const page = await columnTypesPage();
  expect(page).toContain('| short text | `character varying(50)` |');
  expect(readFileSync(join(repositoryRoot, 'docs/column-types.md'), 'utf8')).toBe(page);
});
