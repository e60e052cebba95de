import { type ExactJson, isRecord, parseExact } from './exact-json.ts';

/** Reads the values of an `$overflow`, by the rules of docs/databases.md. */
export function parseOverflow(text: string): Record<string, ExactJson> {
  const overflow = unwrap(parseExact(text));
  if (!isRecord(overflow)) return { '(no object)': overflow };
  return Object.fromEntries(Object.entries(overflow).map(([field, value]) => [field, unwrap(value)]));
}

function unwrap(value: ExactJson): ExactJson {
  if (!isRecord(value) || Object.keys(value).length !== 1 || typeof value.$json !== 'string') return value;
  return parseExact(value.$json);
}
