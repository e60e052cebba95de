import type { RowTable } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import { findColumn } from '../columns/table-plan.js';
import { UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { ViewDialect } from '../engine/engine-views.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { TextStorage } from '../engine/storage.js';
import { tableId } from '../engine/table-id.js';
import type { SchemaState } from '../schema/schema-state.js';
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
}

export function reportWords(
  context: SqlContext,
  dialect: ViewDialect,
  { descriptions }: Pick<SchemaState, 'descriptions'>,
  zone: ZoneOffsets,
): ReportWords {
  const { types } = context.engine;
  return {
    dialect,
    table(table, alias) {
      const columns = descriptions[table]?.columns ?? [];
      const found = (name: string) => {
        const spec = UPSTREAM_COLUMNS[table].find((candidate) => candidate.name === name);
        const column = findColumn(spec ?? { name }, columns);
        if (column === undefined) return null;
        const storage = types.storageOf(column.type, spec?.kind ?? null);
        return { id: sql.id(alias, column.name), type: column.type, storage };
      };
      const overflow = (field: string) => dialect.overflowText(sql.id(alias, '$overflow'), field);
      return {
        from: sql`${tableId(context, context.names[table])} ${sql.id(alias)}`,
        column: (name) => found(name)?.id ?? overflow(name),
        time(name) {
          const column = found(name);
          return column === null
            ? dialect.time(overflow(name), '', TEXT)
            : dialect.time(column.id, column.type, column.storage);
        },
        number(name) {
          const column = found(name);
          return column === null ? dialect.number(overflow(name), TEXT) : dialect.number(column.id, column.storage);
        },
      };
    },
    local: (time) => localTime(dialect, time, zone),
    firstRow: types.firstRows(1),
  };
}

const TEXT: TextStorage = { holds: 'text', maxLength: null, lengthIn: 'characters', lacks: null, replacement: '' };

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
