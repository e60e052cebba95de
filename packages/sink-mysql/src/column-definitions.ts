import { literal, name } from './statement-text.js';

/** The comment that a column is to have. */
interface ColumnComment {
  readonly column: string;
  readonly comment: string;
}

/**
 * Returns the definitions of columns with these comments, and else as the server has them: it drops what a MODIFY does not repeat.
 * @param created the table, as SHOW CREATE TABLE has it
 */
export function withComments(created: string, comments: readonly ColumnComment[]): readonly string[] {
  const definitions = new Map(
    Array.from(created.matchAll(COLUMN), ([, column = '', definition = '']) => [
      column.replaceAll('``', '`'),
      definition,
    ]),
  );
  return comments.flatMap(({ column, comment }) => {
    const definition = definitions.get(column);
    return definition === undefined ? [] : [`${name(column)} ${withComment(definition, comment)}`];
  });
}

/** The server writes each column on a line of its own, and no line break inside of a text. */
const COLUMN = /^ {2}`((?:[^`\n]|``)+)` (.*?),?$/gm;

/** Matches quoted texts and names, the comment, and the check behind which MariaDB takes no comment. */
const PART = /(?<comment> COMMENT '(?:[^'\\]|''|\\.)*')|(?<check> CHECK \()|'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`/g;

function withComment(definition: string, comment: string): string {
  let plain = '';
  let checkAt: number | null = null;
  let end = 0;
  for (const { 0: part, index, groups } of definition.matchAll(PART)) {
    plain += definition.slice(end, index);
    end = index + part.length;
    if (groups?.comment !== undefined) continue;
    if (groups?.check !== undefined) checkAt ??= plain.length;
    plain += part;
  }
  plain += definition.slice(end);
  const at = checkAt ?? plain.length;
  return `${plain.slice(0, at)} COMMENT ${literal(comment)}${plain.slice(at)}`;
}
