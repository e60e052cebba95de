import { isDigits, type Json, jsonText } from '@dbsync/core/contract';
import type { TextStorage } from '../engine/storage.js';
import type { CellCodec } from './cell-codec.js';

/** The form of true and false in a column of text: JSON text, or `1` and `0`, which the old client wrote. */
export type TextBooleans = 'json' | 'digits';

/** Stores text as it is, and any other value as its JSON text; `booleans` decides about true and false. */
export function textCodec(storage: TextStorage, booleans: TextBooleans = 'json'): CellCodec {
  const { lacks } = storage;
  // Without the flag `g`, which makes a search remember where it stopped.
  const lacking = lacks && new RegExp(lacks, 'u');
  const surely = sureLength(storage);
  const textIn = (value: Json): string => {
    if (booleans === 'digits' && typeof value === 'boolean') return value ? '1' : '0';
    return textOf(value);
  };
  return {
    exact(value) {
      const text = textIn(value);
      if (lacking?.test(text)) return undefined;
      return text.length <= surely || fits(text, storage) ? text : undefined;
    },
    nearest(value) {
      const text = textIn(value);
      return cut(lacks === null ? text : text.replace(lacks, storage.replacement), storage);
    },
  };
}

export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (isDigits(value)) return value.rawJSON;
  return jsonText(value);
}

/** Returns a number of UTF-16 units that fits, whatever characters they are. */
function sureLength({ maxLength, lengthIn }: TextStorage): number {
  if (maxLength === null) return Number.POSITIVE_INFINITY;
  return lengthIn === 'utf8-bytes' ? maxLength / 3 : maxLength;
}

function fits(text: string, storage: TextStorage): boolean {
  const { maxLength } = storage;
  if (maxLength === null) return true;
  if (text.length > maxLength * 2) return false;
  return lengthOf(text, storage) <= maxLength;
}

function lengthOf(text: string, { lengthIn }: TextStorage): number {
  if (lengthIn === 'utf16-units') return text.length;
  if (lengthIn === 'utf8-bytes') return Buffer.byteLength(text);
  let characters = 0;
  for (const _character of text) characters += 1;
  return characters;
}

/** Returns the longest beginning that fits, with no character cut in two. */
function cut(text: string, storage: TextStorage): string {
  const { maxLength } = storage;
  if (maxLength === null || fits(text, storage)) return text;
  let length = 0;
  let end = 0;
  for (const character of text) {
    length += lengthOf(character, storage);
    if (length > maxLength) break;
    end += character.length;
  }
  return text.slice(0, end);
}
