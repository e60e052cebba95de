import { isAboutView } from '@dbsync/sql';
import type { MysqlAddress } from './mysql-address.js';
import { literal, name } from './statement-text.js';

/** The privileges for all that dbsync does in its database. */
const NEEDED = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'INDEX',
  'REFERENCES',
  'CREATE TEMPORARY TABLES',
];

/** The privileges for views: a view that is made again is dropped before. */
const FOR_VIEWS = ['CREATE VIEW', 'DROP'];

/**
 * Returns the statement that an administrator runs.
 * @param error of the statement that lacked a privilege; null: of none
 * @param account as the server names it, such as `dbsync@10.%`; null: there was no session yet, so any host is meant
 */
export function grantText(
  { user, database }: Pick<MysqlAddress, 'user' | 'database'>,
  account: string | null,
  error: unknown = null,
): string {
  const privileges = isAboutView(error) ? FOR_VIEWS : NEEDED;
  const at = account?.lastIndexOf('@') ?? -1;
  const [login, host] = account === null || at < 0 ? [user, '%'] : [account.slice(0, at), account.slice(at + 1)];
  return `GRANT ${privileges.join(', ')} ON ${name(database)}.* TO ${literal(login)}@${literal(host)}`;
}

/**
 * Returns the missing privileges.
 *
 * @param grants as SHOW GRANTS lists them
 * @param tables of a copy: a privilege that was granted on each of them counts. Empty: grants on single tables do not count
 */
export function missingPrivileges(
  grants: readonly string[],
  database: string,
  tables: readonly string[] = [],
): readonly string[] {
  const granted = new Set(grants.flatMap((grant) => privilegesOn(database, grant)));
  const perTable = tables.map((table) => new Set(grants.flatMap((grant) => privilegesOnTable(database, table, grant))));
  const has = (privileges: ReadonlySet<string>, privilege: string) =>
    privileges.has('ALL PRIVILEGES') || privileges.has(privilege);
  const hasOnEach = (privilege: string) =>
    tables.length > 0 && perTable.every((privileges) => has(privileges, privilege));
  return NEEDED.filter((privilege) => !has(granted, privilege) && !hasOnEach(privilege));
}

/** True for a privilege that is needed for changes of tables alone. */
export function isForTables(privilege: string): boolean {
  return ['CREATE', 'ALTER', 'INDEX', 'REFERENCES'].includes(privilege);
}

/** Reads a grant on one table. Names in it have no wildcards; privileges on single columns do not count. */
function privilegesOnTable(database: string, table: string, grant: string): readonly string[] {
  const [, privileges = '', on] = /^GRANT (.+?) ON (`(?:[^`]|``)+`\.`(?:[^`]|``)+`) TO /.exec(grant) ?? [];
  return on === `${name(database)}.${name(table)}` ? privileges.split(', ') : [];
}

function privilegesOn(database: string, grant: string): readonly string[] {
  const [, privileges = '', pattern = ''] = /^GRANT (.+?) ON (\*|`(?:[^`]|``)+`)\.\* TO /.exec(grant) ?? [];
  return matches(database, pattern) ? privileges.split(', ') : [];
}

/** Compares a database with the name in a grant, which has the wildcards of LIKE. */
function matches(database: string, pattern: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern
    .slice(1, -1)
    .replaceAll('``', '`')
    .matchAll(/\\([\s\S])|(%)|(_)|([\s\S])/gu);
  const source = Array.from(parts, ([, escaped, any, one, plain]) => {
    if (any !== undefined) return '[\\s\\S]*';
    if (one !== undefined) return '[\\s\\S]';
    return `\\u{${(escaped ?? plain ?? '').codePointAt(0)?.toString(16)}}`;
  });
  return pattern !== '' && new RegExp(`^${source.join('')}$`, 'u').test(database);
}
