import { isDigits, type Json } from '../contract/index.js';
import type { HttpAnswer } from './http-transport.js';

/** Describes an answer for a message: its kind and length, and nothing of its content. */
export function describeAnswer({ text, contentType }: HttpAnswer): string {
  const start = text.trimStart();
  if (start === '') return 'an empty body';
  return `${text.length} characters of ${kindOf(start) ?? contentType ?? 'no content type'}`;
}

function kindOf(start: string): string | null {
  if (/^[[{]/.test(start)) return 'JSON';
  return start.startsWith('<') ? 'HTML or XML' : null;
}

/** Describes the type of a value for a message. */
export function describeJson(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isDigits(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
