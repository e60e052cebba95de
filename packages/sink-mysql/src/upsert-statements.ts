import type { UpsertColumn, UpsertTable } from '@dbsync/sql';
import { LOAD_FORMAT, type StagedColumn } from './load-text.js';
import { clockText } from './mysql-types.js';
import type { ServerKind } from './server-facts.js';
import { name } from './statement-text.js';

/**
 * The error of an upsert in which a row belongs to another owner, or in which another program's index led to a row of
 * another key: the one division of a write. A trigger may divide too.
 */
export const ROW_TAKEN = 1365;
/** The error of a plain insert that finds one of its keys there. */
export const KEY_EXISTS = 1062;

/** The statements for one table, whose rows are in a temporary table by then: its stage. */
export interface UpsertStatements {
  /** The name of the stage. */
  readonly stage: string;
  /** The cells of a row that are staged. A column of a type that dbsync does not know is left out. */
  readonly columns: readonly StagedColumn[];
  readonly createStage: string;
  readonly dropStage: string;
  readonly emptyStage: string;
  /** Takes the cells in the form of LOAD DATA. */
  readonly loadStage: string;
  /** The statement that rows in brackets follow. */
  readonly fillStage: string;
  /** Fails with {@link KEY_EXISTS}. */
  readonly insert: string;
  /**
   * Runs before `upsert`, and fails with {@link ROW_TAKEN}: for a table without a unique key of the id alone; else
   * null.
   */
  readonly updateMet: string | null;
  /** Fails with {@link ROW_TAKEN}. */
  readonly upsert: string;
  /** Returns in one row how many of the keys are there. */
  readonly countMet: string;
  /** Returns a row for each owner of whom a row would be inserted or updated. */
  readonly touchedOwners: string;
  /** Returns the keys whose rows belong to other owners; null: none can. */
  readonly takenKeys: string | null;
}

/**
 * Returns the statements. Rows are sent into a temporary table of the target's own types, and from there as a set into
 * the target. Seconds of the server's CPU for 192,000 rows of 20,000 contacts, on MariaDB with its data in memory: LOAD
 * DATA into Aria 4.0 (of which 1.7 fill the stage), into InnoDB 4.2, statements of many rows 5.2; LOAD DATA into the
 * target itself 3.8, which would hold locks while rows are on their way. Batches of 100 contacts instead of 500 take
 * 4.8, of 1,000 take 4.0. Where nothing changed the upsert takes 3.5, and counting the rows that were met, by a join,
 * 0.2 of that; counting in user variables takes less, but MySQL has deprecated it.
 *
 * Assignments run from left to right: the time of the change comes first, by a comparison with the former values. The
 * same words serve all versions of both servers.
 */
export function upsertStatements(table: UpsertTable, stage: string, kind: ServerKind): UpsertStatements {
  const columns = [...table.columns.entries()]
    .map(([index, column]) => ({ ...column, index }))
    .filter(({ storage }) => storage.holds !== 'unknown');
  const [target, changed, now] = [name(table.name), name(table.changed.name), clockText(table.changed.storage)];
  const [key = '', ...rest] = columns.map((column) => name(column.name));
  const list = [key, ...rest].join(', ');
  const owner = ownerOf(table);
  const same = columns.slice(1).map((column) => sameText(column, target, stage));
  const isSameRow = `${target}.${key} = ${stage}.${key}`;
  const isOurs = owner === null ? [] : [`coalesce(${target}.${owner} = ${stage}.${owner}, TRUE)`];
  const unlessTaken = `1 / (${all([isSameRow, ...isOurs])})`;
  const joined = `${stage} LEFT JOIN ${target} ON ${isSameRow}`;
  const insert = `INSERT INTO ${target} (${list}, ${changed}) SELECT ${list}, ${now} FROM ${stage}`;
  const changes = [
    `${target}.${changed} = IF(${all([unlessTaken, ...same])}, ${target}.${changed}, ${now})`,
    ...rest.map((column) => `${target}.${column} = ${stage}.${column}`),
  ].join(', ');
  const ofStage = [key, ...rest].map((column) => `${stage}.${column}`).join(', ');
  const insertMissing = `INSERT INTO ${target} (${list}, ${changed}) SELECT ${ofStage}, ${now} FROM ${joined} WHERE ${target}.${key} IS NULL`;
  const updateMet = `UPDATE ${target} JOIN ${stage} ON ${isSameRow} SET ${changes}`;
  return {
    stage,
    columns,
    ...stageStatements(columns, stage, kind),
    insert,
    updateMet: table.lacksKey ? updateMet : null,
    upsert: table.lacksKey ? insertMissing : `${insert} ON DUPLICATE KEY UPDATE ${changes}`,
    countMet: `SELECT count(${target}.${key}) FROM ${joined}`,
    touchedOwners: `SELECT DISTINCT ${stage}.${owner ?? key} AS owner FROM ${joined}
  WHERE ${target}.${key} IS NULL OR NOT (${all(same)})`,
    takenKeys: owner && `SELECT ${stage}.${key} AS taken FROM ${joined} WHERE ${target}.${owner} <> ${stage}.${owner}`,
  };
}

function ownerOf({ ownerIndex, columns }: UpsertTable): string | null {
  const owner = ownerIndex === null || ownerIndex === 0 ? undefined : columns[ownerIndex];
  return owner === undefined ? null : name(owner.name);
}

/**
 * Compares two texts exactly. Most collations take some texts for one, such as those that differ in case, or in blanks
 * at their end.
 */
function sameText({ name: column, type }: UpsertColumn, target: string, stage: string): string {
  const [before, after] = [target, stage].map((of) => {
    const value = `${of}.${name(column)}`;
    return / collate /.test(type) && !/_(?:nopad|0900)_bin$/.test(type) ? `CAST(${value} AS BINARY)` : value;
  });
  return `${before} <=> ${after}`;
}

function all(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'TRUE' : conditions.join(' AND ');
}

function stageStatements(columns: readonly StagedColumn[], stage: string, kind: ServerKind) {
  const definitions = columns.map(({ name: column, type }) => `${name(column)} ${type}`);
  // A server of MySQL can insist on a primary key for every table.
  const key = kind === 'mysql' ? [`PRIMARY KEY (${name(columns[0]?.name ?? '')})`] : [];
  const create = `CREATE TEMPORARY TABLE ${stage} (${[...definitions, ...key].join(', ')}) ENGINE =`;
  // A server of MariaDB can insist on another engine, for which the row may be too wide.
  const ofAnyEngine = "SET STATEMENT sql_mode = '', innodb_strict_mode = OFF FOR";
  return {
    createStage: kind === 'mariadb' ? `${ofAnyEngine} ${create} Aria TRANSACTIONAL = 0` : `${create} InnoDB`,
    dropStage: `DROP TEMPORARY TABLE ${stage}`,
    emptyStage: `TRUNCATE TABLE ${stage}`,
    loadStage: `LOAD DATA LOCAL INFILE '${stage}' INTO TABLE ${stage} ${LOAD_FORMAT}`,
    fillStage: `INSERT INTO ${stage} VALUES`,
  };
}
