import type { Json } from '../contract/index.js';
import { isDigits } from '../contract/index.js';
import type { HttpAnswer } from './http-transport.js';

/** What came instead of JSON, for a message: its kind, length and status, and nothing of its content. */
export function describeAnswer({ text, contentType }: HttpAnswer): string {
  const start = text.trimStart();
  if (start === '') return 'an empty body';
  if (/^[[{]/.test(start)) return `JSON that breaks off or is broken, ${text.length} characters`;
  if (start.startsWith('<')) return `a page of HTML or XML, ${text.length} characters`;
  return `${text.length} characters of ${contentType ?? 'no content type'}`;
}

/** What a value is, for a message. */
export function describeJson(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isDigits(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
