import type { Cell, Storage } from '../engine/storage.js';
import { isSameNumber } from './number-codec.js';

/**
 * Returns whether a cell that was read, as `EngineTypes.readCell` writes it, has the value that was to be written.
 * @param type as the database describes the column
 */
export function isSameCell(expected: Cell, read: unknown, type: string, { holds }: Storage): boolean {
  const stored = typeof read === 'bigint' ? String(read) : (read as Cell);
  if (expected === null || stored === null || stored === undefined) return expected === (stored ?? null);
  if (expected === stored) return true;
  switch (holds) {
    case 'number':
      if (FLOATS.test(type)) return Number(expected) === Number(stored);
      return isSameNumber(expected, stored);
    case 'instant':
      return instantOf(String(expected)) === instantOf(String(stored));
    case 'boolean':
      return expected === TRUTHS.get(String(stored));
    default:
      return false;
  }
}

const FLOATS = /float|double|real/i;
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

const INSTANT = /^(\d+-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?(?:Z|[+-]00:?00)?$/;

/** Without zeros at the end of the fraction, and without the zone, which is UTC. Any other text stays as it is. */
function instantOf(text: string): string {
  const [, time = text, fraction = ''] = INSTANT.exec(text) ?? [];
  return fraction === '' ? time : `${time}.${fraction}`;
}

/** A cell for people. */
export function shownCell(cell: unknown): string | null {
  if (cell === null || cell === undefined) return null;
  return cell instanceof Uint8Array ? `0x${Buffer.from(cell).toString('hex')}` : String(cell);
}
