import { digits, type Json } from '@dbsync/core/contract';

type Reviver = (name: string, value: Json, context: { readonly source?: string }) => Json;
const parse = JSON.parse as (text: string, reviver: Reviver) => Json;

/** JSON text as the contract's value: a number that a double would change keeps its digits. */
export function parseJson(text: string): Json {
  return parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? digits(source) : value,
  );
}
