import { type CallOptions, type Field, fieldOf, type Json } from '../contract/index.js';
import { ANSWER_BYTES } from './answer-limits.js';
import { parseList, parseRecord } from './answers.js';
import type { ApiCaller } from './api-caller.js';

/**
 * Reads the campaign's custom fields that are not deleted, in the campaign's order. An entry without a name is no
 * field. If a contact has a value for it, the value is kept like any undeclared value.
 */
export function listFields(caller: ApiCaller, options: CallOptions): Promise<readonly Field[]> {
  const transfer = () => ({ maxAnswerBytes: ANSWER_BYTES.fields });
  return caller.call({ request: { path: 'fields/list', query: {} }, parse: parseFields, transfer }, options);
}

function parseFields(answer: Json): readonly Field[] {
  const types = new Map<string, string>();
  for (const entry of parseList(answer, 'The list of fields')) {
    const field = parseRecord(entry, 'An entry of the list of fields');
    if (fieldOf(field, 'type') !== 'field' || fieldOf(field, 'deleted') === true) continue;
    const name = fieldOf(field, 'name');
    if (typeof name !== 'string' || name === '') continue;
    const type = fieldOf(field, 'fieldType');
    if (!types.has(name)) types.set(name, typeof type === 'string' ? type : 'text');
  }
  return Array.from(types, ([name, type]) => ({ name, type }));
}
