import { digits, type Json } from '@dbsync/core/contract';

type Reviver = (name: string, value: Json, context: { readonly source?: string }) => Json;
const parse = JSON.parse as (text: string, reviver: Reviver) => Json;

/** Null for what is no JSON, such as a cell that another program has changed (R36). */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** JSON text as the contract's value: a number that a double would change keeps its digits. */
export function parseJson(text: string): Json {
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? digits(source) : value,
  );
}
