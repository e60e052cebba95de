/** Writes `20,000`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Writes `1 contact`, `20,000 contacts`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Writes `9,100 of about 20,000`; `9,100` where the whole is not known, or was guessed too low. */
export function formatPart(done: number, of: number | null): string {
  return of === null || of < done ? formatCount(done) : `${formatCount(done)} of about ${formatCount(of)}`;
}

/** Writes at most two units: `0.4 s`, `12.3 s`, `2 min 5 s`, `3 h 20 min`, `2 d 1 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return twoUnits(whole, 60, 'min', 1, 's');
  if (whole < 86_400) return twoUnits(whole, 3_600, 'h', 60, 'min');
  return twoUnits(whole, 86_400, 'd', 3_600, 'h');
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

export function perSecond(count: number, ms: number): number {
  return ms > 0 ? (count * 1000) / ms : 0;
}
