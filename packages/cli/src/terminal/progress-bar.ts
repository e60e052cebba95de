import { formatCount, formatDuration, perSecond } from './figures.js';

export interface Progress {
  /** The counted things, such as `contacts`. */
  readonly what: string;
  readonly done: number;
  /** The number in all; null: not known yet. */
  readonly of: number | null;
  readonly rows: number;
  readonly elapsedMs: number;
}

const WIDEST = 40;
const NARROWEST = 10;

/** Writes one line for a terminal of that many columns, never wider. */
export function progressBar(progress: Progress, columns: number): string {
  const text = progressText(progress);
  const { done, of } = progress;
  const room = Math.min(WIDEST, columns - text.length - 5);
  if (of === null || room < NARROWEST) return text.slice(0, columns - 1);
  const filled = of === 0 ? room : Math.min(room, Math.round((room * done) / of));
  return `[${'='.repeat(filled)}${' '.repeat(room - filled)}] ${text}`;
}

/** Writes `62 %, 12,400 of 20,000 contacts, 9,100 rows/s, 8.0 s left`. */
export function progressText({ what, done, of, rows, elapsedMs }: Progress): string {
  const rate = `${formatCount(perSecond(rows, elapsedMs))} rows/s`;
  if (of === null) return `${formatCount(done)} ${what}, ${rate}`;
  const share = of === 0 ? 100 : Math.floor((100 * done) / of);
  const left = done === 0 || done >= of ? '' : `, ${formatDuration((elapsedMs * (of - done)) / done)} left`;
  return `${share} %, ${formatCount(done)} of ${formatCount(of)} ${what}, ${rate}${left}`;
}
