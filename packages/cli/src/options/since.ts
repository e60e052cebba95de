const PATTERN = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?(Z)?)?$/;

/**
 * Parses `2024-01-31` or `2024-01-31T12:00:00`, with up to three decimals and an optional `Z`, always UTC. Returns ISO
 * 8601 with milliseconds. Null for any other text, including days that no month has.
 */
export function parseSince(text: string): string | null {
  const [, day, time = '00:00:00', decimals = ''] = PATTERN.exec(text) ?? [];
  if (day === undefined) return null;
  const instant = `${day}T${time}.${decimals.padEnd(3, '0')}Z`;
  const parsed = new Date(instant);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString() === instant ? instant : null;
}
