/** Reads a time as `EngineTypes.readCell` gives it. A column of text may have whole seconds. Null: it is no time. */
export function readInstant(cell: unknown): string | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(String(cell)) ?? [];
  const date = new Date(`${day}T${time}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
