import { mysqlDamage } from './mysql-damage.ts';
import { postgresDamage } from './postgres-damage.ts';
import { sqliteDamage } from './sqlite-damage.ts';
import type { DamagedDatabase } from './table-damage.ts';

/** Returns the database at the address of a target, as another program reaches it. */
export function databaseAt(url: string): DamagedDatabase {
  if (url.startsWith('sqlite:')) return sqliteDamage(url.slice('sqlite:'.length));
  return url.startsWith('postgres') ? postgresDamage(url) : mysqlDamage(url.replace(/^mariadb:/, 'mysql:'));
}
