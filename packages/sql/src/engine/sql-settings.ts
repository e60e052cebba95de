import type { OptionValue } from '@dbsync/core/contract';
import type { ColumnTypes } from './storage.js';

/** The choices of a user for any SQL sink. */
export interface SqlSettings {
  readonly tablePrefix: string;
  readonly columnTypes: ColumnTypes;
  /** The number of custom fields of a campaign that get columns; the others stand in `$overflow`. */
  readonly maxCustomFields: number;
  /** True: foreign keys are declared on tables that dbsync creates. */
  readonly foreignKeys: boolean;
  /** True: dbsync builds indexes for reports. */
  readonly reportIndexes: boolean;
}

const MODES: readonly ColumnTypes[] = ['native', 'dbsync2', 'text'];

/** Reads the options that the manifest of every SQL sink has. */
export function readSettings(options: Readonly<Record<string, OptionValue>>): SqlSettings {
  return {
    tablePrefix: String(options['table-prefix'] ?? 'mcall_'),
    columnTypes: MODES.find((mode) => mode === options['column-types']) ?? 'native',
    maxCustomFields: Number(options['max-custom-fields'] ?? 100),
    foreignKeys: options['foreign-keys'] !== false,
    reportIndexes: options['report-indexes'] !== false,
  };
}
