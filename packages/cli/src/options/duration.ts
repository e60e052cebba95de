const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Returns the milliseconds of a text such as `30d`, `12h` or `90m`; null for any other text. */
export function parseDuration(text: string): number | null {
  const [, amount, unit = ''] = /^(\d{1,5})(m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) * (UNITS_MS[unit] ?? 0);
}
