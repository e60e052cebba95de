/** Narrow and not broken at the end of a line: the same to readers of every country. */
const GROUP = '\u202f';
const BLANK = '\u00a0';

/** Writes a whole number in groups of three digits. */
export function groupedCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, GROUP);
}

/** Writes a part of a whole, such as `42 %`; a dash where there is no whole. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((part / whole) * 100)}${BLANK}%`;
}

/** Writes seconds with two units: `45 s`, `12 min 05 s`, `1 204 h 05 min`. */
export function spanOf(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${BLANK}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}${BLANK}min ${twoDigits(whole % 60)}${BLANK}s`;
  const minutes = Math.round(seconds / 60);
  return `${groupedCount(Math.floor(minutes / 60))}${BLANK}h ${twoDigits(minutes % 60)}${BLANK}min`;
}

/** Writes the mean of seconds; a dash where there are none. */
export function meanSpanOf(seconds: number, count: number): string {
  return count === 0 ? '–' : spanOf(seconds / count);
}

export function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
