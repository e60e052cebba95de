import type { OptionValue } from '@dbsync/core/contract';
import type { ColumnTypes } from './storage.js';

/** What a user may choose for any SQL sink. */
export interface SqlSettings {
  readonly tablePrefix: string;
  readonly columnTypes: ColumnTypes;
  /** How many custom fields of a campaign get columns; the others stand in `$overflow`. */
  readonly maxCustomFields: number;
  /** Declared on tables that we create. */
  readonly foreignKeys: boolean;
}

const MODES: readonly ColumnTypes[] = ['native', 'dbsync2', 'text'];

/** The options that every SQL sink's manifest has, by the names that it gives them. */
export function readSettings(options: Readonly<Record<string, OptionValue>>): SqlSettings {
  return {
    tablePrefix: String(options['table-prefix'] ?? 'mcall_'),
    columnTypes: MODES.find((mode) => mode === options['column-types']) ?? 'native',
    maxCustomFields: Number(options['max-custom-fields'] ?? 100),
    foreignKeys: options['foreign-keys'] !== false,
  };
}
