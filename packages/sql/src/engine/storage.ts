/**
 * The purpose of a column of dbsync. `key`: ids and references, indexed; `json`: a text of dbsync that may be as long
 * as all of its row; `integer`: counters of dbsync, 64 bits.
 */
export type ColumnKind = 'key' | 'text' | 'json' | 'instant' | 'number' | 'boolean' | 'integer';

/**
 * The types of the old client. `key`: ids; `short`: most texts, times among them; `long`: some texts; `text`: custom
 * fields.
 */
export type FormerType = 'key' | 'short' | 'long' | 'text' | 'number' | 'boolean';

/**
 * `native`: times, numbers and booleans in their own types; `dbsync2`: the types of the old client; `text`: as the API
 * wrote them.
 */
export type ColumnTypes = 'native' | 'dbsync2' | 'text';

/** The values that a column holds exactly. All others go whole to the row's `$overflow`. */
export type Storage = TextStorage | InstantStorage | NumberStorage | { readonly holds: 'boolean' } | UnknownStorage;

/** A column of text. */
export interface TextStorage {
  readonly holds: 'text';
  /** Null: no limit that matters. */
  readonly maxLength: number | null;
  readonly lengthIn: 'characters' | 'utf16-units' | 'utf8-bytes';
  /** Matches every character that the column cannot keep (global and unicode flags set); null: it keeps all. */
  readonly lacks: RegExp | null;
  /** Replaces such a character in the readable value: U+FFFD where the column can keep it. */
  readonly replacement: string;
}

/** A column of points in time. */
export interface InstantStorage {
  readonly holds: 'instant';
  readonly minYear: number;
  readonly maxYear: number;
  /** Digits of a second's fraction; dbsync itself keeps no more than 3. */
  readonly fractionDigits: number;
}

/** A column of numbers. */
export interface NumberStorage {
  readonly holds: 'number';
  /** Digits before and after the point; null: any number of them. */
  readonly integerDigits: number | null;
  readonly fractionDigits: number | null;
}

/** A type that dbsync does not know: the column stays NULL, the values go to `$overflow`. */
export interface UnknownStorage {
  readonly holds: 'unknown';
}

/**
 * A value on its way into a column, in the form of its storage: text as it is; an instant as
 * `2026-01-02T03:04:05.678Z`; a number as a JavaScript number where that is the same number, else as plain decimal
 * digits, such as `12345678901234567890.10`.
 */
export type Cell = string | number | boolean | null;
