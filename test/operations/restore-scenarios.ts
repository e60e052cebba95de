import { COPY_ALL, IS_CURRENT, START, STOP } from './frequent-commands.ts';
import type { OperatorWorld } from './world.ts';

const RESTORE = 'pg_restore --clean --if-exists --single-transaction -d calls /var/backups/calls.dump';
const RESTORE_INTO_NEW = 'pg_restore --single-transaction -d calls /var/backups/calls.dump';
const MAKE_DATABASE = 'createdb -E UTF8 -T template0 calls';
const INSTALL_VIEWS = 'dbsync views install --time-zone Europe/Madrid';
const SET_BACK = 'journalctl -o cat -n 200 _SYSTEMD_UNIT=dbsync@CAMPAIGN.service | grep STORE_WENT_BACK';
/** Gives all tables and views to the account of dbsync: after a restore with `--no-owner` they belong to the administrator. */
const TAKE_OWNER = `psql -Atc "SELECT format('ALTER TABLE %s OWNER TO dbsync;', oid::regclass) FROM pg_class WHERE relname LIKE 'mcall%' AND relkind IN ('r', 'v')" calls | psql -q calls`;

/** Restores a backup of a stopped dbsync, into a new database, beside a running one, below views, and under another owner. */
export async function restorePostgres({ operate, quietly, until, simulator }: OperatorWorld): Promise<void> {
  await quietly(COPY_ALL);
  await quietly(START);
  await operate('pg_dump -Fc -f /var/backups/calls.dump calls');
  simulator.activity.step(10, 'transaction');
  await until('dbsync verify', /no differences/);
  await quietly('psql -c "TRUNCATE mcall_recordings, mcall_connections" calls');
  await operate(STOP);
  await operate(RESTORE);
  await operate(START);
  await operate(IS_CURRENT);
  await operate('dbsync verify');

  await quietly(STOP);
  await quietly('dropdb calls');
  await operate(MAKE_DATABASE);
  await operate(RESTORE_INTO_NEW);
  await operate(START);
  await operate(IS_CURRENT);

  await quietly(RESTORE);
  await until(SET_BACK, /set back/);
  await operate(SET_BACK);

  await quietly(INSTALL_VIEWS);
  await operate(RESTORE, 1);
  await operate('dbsync views drop');
  await operate(RESTORE);
  await operate(INSTALL_VIEWS);

  await quietly(STOP);
  await quietly(
    `dropdb calls; ${MAKE_DATABASE}; pg_restore --no-owner --single-transaction -d calls /var/backups/calls.dump`,
  );
  await operate(IS_CURRENT, 3);
  await operate(TAKE_OWNER);
  await operate(START);
  await operate(IS_CURRENT);
}

/** Restores a backup of a stopped dbsync, and into a new database. MySQL has other names for the programs. */
export async function restoreMariadb({ operate, quietly, until, simulator }: OperatorWorld): Promise<void> {
  const restore = 'mariadb calls < /var/backups/calls.sql';
  await quietly(COPY_ALL);
  await quietly(START);
  await operate('mariadb-dump --single-transaction calls > /var/backups/calls.sql');
  simulator.activity.step(10, 'transaction');
  await until('dbsync verify', /no differences/);
  await quietly('mariadb -e "DELETE FROM mcall_recordings" calls');
  await operate(STOP);
  await operate(restore);
  await operate(START);
  await operate(IS_CURRENT);
  await operate('dbsync verify');

  await quietly(STOP);
  await quietly('mariadb -e "DROP DATABASE calls"');
  await operate('mariadb -e "CREATE DATABASE calls CHARACTER SET utf8mb4"');
  await operate(restore);
  await operate(START);
  await operate(IS_CURRENT);
}
