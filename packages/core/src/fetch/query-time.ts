/** Returns the form of instants in query strings: UTC without a zone, to the millisecond. */
export function toQueryTime(instant: string): string {
  return new Date(instant).toISOString().slice(0, -1);
}
