import type { Json } from './json.js';

/** Parses JSON. Null: the text is no JSON, such as a cell that another program has changed (R36). */
export function jsonOrNull(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
