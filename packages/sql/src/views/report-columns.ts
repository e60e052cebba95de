import type { RowTable } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import { ownColumn } from '../columns/table-plan.js';
import { mappedField, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { ViewDialect } from '../engine/engine-views.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { Storage, TextStorage } from '../engine/storage.js';
import { tableId } from '../engine/table-id.js';
import type { SchemaState } from '../schema/schema-state.js';
import { firstOf } from './view-select.js';
import type { ZoneOffsets } from './zone-offsets.js';

/** The expressions of a table within a view, whatever the types of its columns. */
export interface ReportTable {
  /** The table with its alias, for a FROM clause. */
  readonly from: RawBuilder<unknown>;
  /** Returns a column as it is. */
  column(name: string): RawBuilder<unknown>;
  /** Returns the time of a column in UTC. */
  time(name: string): RawBuilder<unknown>;
  /** Returns the number of a column or, where the table has no such column, of the field in `$overflow`. */
  number(name: string): RawBuilder<unknown>;
  /** Returns the condition that `time` of this column is within the days, by the bare column, so that an index narrows it. */
  within(name: string, days: UtcDays): RawBuilder<unknown>;
  /** Returns a condition for the rows whose `time` of this column is NULL: no value, or a text that no year begins. An index narrows it. */
  mayLack(name: string): RawBuilder<unknown>;
}

/** Days in UTC, such as `2026-01-31`: times before `from`, or from `until` on, are outside of them. */
export interface UtcDays {
  readonly from: string;
  readonly until: string;
}

/** The tables of one view, and the words of its engine. */
export interface ReportWords {
  readonly dialect: ViewDialect;
  /** Returns the words of a table under an alias. */
  table(table: RowTable, alias: string): ReportTable;
  /** Returns the local time of a time in UTC. */
  local(time: RawBuilder<unknown>): RawBuilder<unknown>;
  /** The end of a query of which only the first row counts. */
  readonly firstRow: RawBuilder<unknown>;
  /** The days whose calls and transactions are asked for. Null: all. */
  readonly days: UtcDays | null;
}

export function reportWords(
  context: SqlContext,
  dialect: ViewDialect,
  { descriptions, map }: Pick<SchemaState, 'descriptions' | 'map'>,
  zone: ZoneOffsets,
  days: UtcDays | null = null,
): ReportWords {
  const { types } = context.engine;
  return {
    dialect,
    days,
    table(table, alias) {
      const columns = descriptions[table]?.columns ?? [];
      const ofTable = map.filter((row) => row.table === table);
      const overflow = sql.id(alias, '$overflow');
      /** Reads the column and, where rows from before it are not all filled, the field in overflow. */
      const read = (
        name: string,
        as: (id: RawBuilder<unknown>, type: string, storage: Storage) => RawBuilder<unknown>,
      ): RawBuilder<unknown> => {
        const spec = UPSTREAM_COLUMNS[table].find((candidate) => candidate.name === name);
        const field = spec === undefined ? null : mappedField(spec);
        const column = spec === undefined ? null : ownColumn(spec, columns, ofTable, types);
        const inOverflow = () =>
          field === null ? as(sql`null`, '', NOTHING) : as(dialect.overflowText(overflow, field), '', TEXT);
        if (column === null) return inOverflow();
        const own = as(sql.id(alias, column.name), column.type, column.storage);
        const isFilled = !spec?.isLate || ofTable.some((row) => row.field === field && row.filled);
        return isFilled ? own : firstOf(own, inOverflow());
      };
      return {
        from: sql`${tableId(context, context.names[table])} ${sql.id(alias)}`,
        column: (name) => read(name, (id) => id),
        time: (name) => read(name, (id, type, storage) => dialect.time(id, type, storage)),
        number: (name) => read(name, (id, _type, storage) => dialect.number(id, storage)),
        within: (name, range) => read(name, (id, _type, { holds }) => withinDays(dialect, id, holds, range)),
        mayLack: (name) => read(name, (id, _type, { holds }) => withoutTime(id, holds)),
      };
    },
    local: (time) => localTime(dialect, time, zone),
    firstRow: types.firstRows(1),
  };
}

const NOTHING: Storage = { holds: 'unknown' };
const TEXT: TextStorage = { holds: 'text', maxLength: null, lengthIn: 'characters', lacks: null, replacement: '' };

/** Compares the column itself: a time that is computed from it would be computed of each row. */
function withinDays(
  dialect: ViewDialect,
  id: RawBuilder<unknown>,
  holds: Storage['holds'],
  { from, until }: UtcDays,
): RawBuilder<unknown> {
  if (holds === 'text') return sql`${id} >= ${sql.lit(from)} and ${id} < ${sql.lit(until)}`;
  if (holds !== 'instant') return ALWAYS;
  const start = (day: string) => dialect.constant(`${day} 00:00:00`);
  return sql`${id} >= ${start(from)} and ${id} < ${start(until)}`;
}

/** A text that is no time is an empty text, a word or another number: it begins with none of the years that a call may have. */
function withoutTime(id: RawBuilder<unknown>, holds: Storage['holds']): RawBuilder<unknown> {
  if (holds === 'text') return sql`(${id} is null or ${id} < '1970' or ${id} >= '2200')`;
  return holds === 'instant' ? sql`${id} is null` : ALWAYS;
}

const ALWAYS = sql`1 = 1`;

/** Compares with the newest change first: most rows are young. */
function localTime(dialect: ViewDialect, time: RawBuilder<unknown>, { first, changes }: ZoneOffsets) {
  const last = shifted(dialect, time, first);
  if (changes.length === 0) return last;
  const cases = changes
    .toReversed()
    .map(({ at, seconds }) => sql`when ${time} >= ${dialect.constant(at)} then ${shifted(dialect, time, seconds)}`);
  return sql`case ${sql.join(cases, sql` `)} else ${last} end`;
}

function shifted(dialect: ViewDialect, time: RawBuilder<unknown>, seconds: number): RawBuilder<unknown> {
  return seconds === 0 ? time : dialect.later(time, seconds);
}
