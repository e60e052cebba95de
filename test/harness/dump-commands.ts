import type { ClientProduct } from './servers/database-clients.ts';

/** The commands of docs/operations.md that back up a database and restore it, in a folder of the test. */
export interface DumpCommands {
  backup(database: string): string;
  /** Restores into the database that the backup is of. */
  restore(database: string): string;
  /** Drops the database, makes it again, and restores into it. */
  restoreNew(database: string): string;
}

export const DUMP_COMMANDS: Readonly<Record<ClientProduct, DumpCommands>> = {
  postgres: {
    backup: (database) => `pg_dump -Fc -f calls.dump ${database}`,
    restore: (database) => `pg_restore --clean --if-exists --single-transaction -d ${database} calls.dump`,
    restoreNew: (database) =>
      `dropdb ${database} && createdb -E UTF8 -T template0 ${database} && pg_restore --single-transaction -d ${database} calls.dump`,
  },
  mariadb: ofMysql('mariadb-dump', 'mariadb'),
  mysql: ofMysql('mysqldump', 'mysql'),
};

function ofMysql(dump: string, client: string): DumpCommands {
  const restore = (database: string) => `${client} ${database} < calls.sql`;
  return {
    backup: (database) => `${dump} --single-transaction ${database} > calls.sql`,
    restore,
    restoreNew: (database) =>
      `${client} -e 'DROP DATABASE ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4' && ${restore(database)}`,
  };
}
