import type { CellDifference, RowDifference } from '../contract/index.js';
import type { FieldRules } from '../records/field-rules.js';
import type { VerifyDesk } from './verify-desk.js';

const HIDDEN = '(not shown)';

/**
 * Returns the difference with values that may be shown: each is shortened, and a stored value of a field that the rules leave out or hash
 * is not shown, since an earlier run may have written it without these rules.
 */
export function hiddenCells(
  { settings, show }: Pick<VerifyDesk, 'settings' | 'show'>,
  row: RowDifference,
): RowDifference {
  const fields = settings.fields ?? null;
  const cells = row.cells.map((cell): CellDifference => {
    const stored = fields !== null && isSecret(fields, row.kind, cell) ? HIDDEN : cell.stored;
    return { ...cell, expected: shown(cell.expected, show), stored: shown(stored, show) };
  });
  return { ...row, cells };
}

/** Returns whether a rule names the field of this value, or may name it, as for records within a value. */
function isSecret(fields: FieldRules, kind: RowDifference['kind'], { name, field, stored }: CellDifference): boolean {
  if (stored === null) return false;
  if (field === null) return name === '$overflow';
  return fields.isNamed(kind, field) || /^\s*[[{]/.test(stored);
}

function shown(value: string | null, show: (value: string) => string): string | null {
  return value === null ? null : show(value);
}
