import type { Cell, Storage } from '@dbsync/sql';

/** The cell as SQL Server's conversions from text take it, whatever the language and date order of the session. */
export function cellText(cell: Cell, { holds }: Storage): string | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (typeof cell === 'number') return plainDigits(cell);
  // Older types of time refuse the zone, which is UTC for all.
  return holds === 'instant' ? cell.replace(/Z$/, '') : cell;
}

/** The most digits behind the point that a double needs. */
const MAX_FRACTION_DIGITS = 100;

/** Without an exponent, which decimal types refuse. */
function plainDigits(number: number): string {
  const text = String(number);
  if (!text.includes('e')) return text;
  if (Math.abs(number) >= 1) return BigInt(number).toString();
  return number.toFixed(MAX_FRACTION_DIGITS).replace(/0+$/, '');
}
