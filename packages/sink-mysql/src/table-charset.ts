import { HALVES, UNICODE } from './charsets.js';
import { columnType } from './column-storage.js';
import type { ServerKind } from './server-facts.js';

/** The character set and the collation of all texts of a copy: the servers compare no texts of two character sets. */
export interface TableCharset {
  readonly charset: string;
  readonly collation: string;
}

/** The one collation of each server that tells any two texts apart, by code points and by blanks at the end. */
export const EXACT_COLLATION: Readonly<Record<ServerKind, string>> = {
  mariadb: 'utf8mb4_nopad_bin',
  mysql: 'utf8mb4_0900_bin',
};

/** Returns the text after the columns of a new table. */
export function tableOptionsFor({ charset, collation }: TableCharset): string {
  return `engine = InnoDB row_format = dynamic character set ${charset} collate ${collation}`;
}

/** The character set and collation that the old client gave its tables. */
export const FORMER_CHARSET: TableCharset = { charset: 'utf16', collation: 'utf16_general_ci' };

/**
 * Returns a collation of this character set for keys: texts of another collation of the set compare with such a key.
 * MySQL has one without padding for UTF-8 only.
 */
export function keyCollation(server: ServerKind, charset: string): string {
  if (charset === 'utf8mb4') return EXACT_COLLATION[server];
  return server === 'mariadb' ? `${charset}_nopad_bin` : `${charset}_bin`;
}

/**
 * Returns the character set and collation for the texts of a copy: their own character set where all have the same and
 * it has every character, else UTF-8, to which all of them are converted. Null: there is no text.
 */
export function tableCharset(types: readonly string[]): TableCharset | null {
  const found = types.flatMap((type) => {
    const { charset, collation } = columnType(type) ?? {};
    return charset === undefined || collation === undefined ? [] : [{ charset, collation }];
  });
  const [first] = found;
  if (first === undefined) return null;
  const collation = mostCommon(found.map((text) => text.collation));
  const isOne = found.every(({ charset }) => charset === first.charset);
  if (isOne && UNICODE[first.charset]?.lacks === HALVES) return { charset: first.charset, collation };
  return { charset: 'utf8mb4', collation: likeCollation(collation, 'utf8mb4') };
}

/** Matches the end of a collation that every Unicode character set has under the same name. */
const SHARED_COLLATION = /_(bin|general_ci|unicode_ci|unicode_520_ci|swedish_ci|german2_ci|spanish_ci|turkish_ci)$/;

/**
 * Returns the collation of the character set that compares texts as this one does, so that reports find the same rows.
 */
export function likeCollation(collation: string, charset: string): string {
  const [, shared = 'general_ci'] = SHARED_COLLATION.exec(collation) ?? [];
  return `${charset}_${shared}`;
}

function mostCommon(collations: readonly string[]): string {
  const counts = Object.entries(Object.groupBy(collations, (collation) => collation));
  const [first] = counts.toSorted(([, a = []], [, b = []]) => b.length - a.length);
  return first?.[0] ?? '';
}
