import type { Cell, Storage } from '@dbsync/sql';

/**
 * Returns the cell in a form that SQL Server converts from text, whatever the language and date order of the session.
 */
export function cellText(cell: Cell, { holds }: Storage): string | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (typeof cell === 'number') return plainDigits(cell);
  // Older types of time refuse the zone, which is UTC for all.
  return holds === 'instant' ? cell.replace(/Z$/, '') : cell;
}

/** Writes a number without an exponent, which decimal types refuse. */
function plainDigits(number: number): string {
  const [text, sign = '', first = '', more = '', exponent] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(number)) ?? [];
  if (text === undefined) return String(number);
  const digits = first + more;
  const point = Number(exponent) + 1;
  return sign + (point > 0 ? digits.padEnd(point, '0') : `0.${'0'.repeat(-point)}${digits}`);
}
