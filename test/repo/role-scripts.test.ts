import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/databases.md'), 'utf8');

/** Returns what the script under a heading grants on dbsync's tables: `role right table (columns)`, sorted. */
function rightsOf(heading: string): readonly string[] {
  const [, script = ''] = new RegExp(`\n### Roles in ${heading}\n.*?\`\`\`sql\n(.*?)\`\`\``, 's').exec(PAGE) ?? [];
  const rights = script.split('\n').flatMap((line) => {
    const [, granted = '', on = '', to = ''] = /^GRANT (.+) ON (.*mcall_.+) TO (.+);$/.exec(line) ?? [];
    if (granted === '') return [];
    const columns = /\((.+)\)/.exec(line)?.[1] ?? '';
    const withoutColumns = (text: string) => text.replace(/\(.+\)/, '');
    const tables = withoutColumns(on).match(/mcall_\w+/g) ?? [];
    const roles = to.match(/dbsync_\w+/g) ?? [];
    const names = withoutColumns(granted).match(/\w+/g) ?? [];
    return roles.flatMap((role) =>
      tables.flatMap((table) => names.map((right) => `${role} ${right} ${table} ${columns}`.trim())),
    );
  });
  return rights.sort();
}

it.each(['MariaDB and MySQL', 'SQL Server'])(
  'the script for roles in %s grants what the one for PostgreSQL does',
  (heading) => {
    expect(rightsOf('PostgreSQL').length).toBeGreaterThan(60);
    expect(rightsOf(heading)).toEqual(rightsOf('PostgreSQL'));
  },
);
