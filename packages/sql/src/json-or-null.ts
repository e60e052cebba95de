/** Null for what is no JSON, such as a cell that another program has changed (R36). */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
