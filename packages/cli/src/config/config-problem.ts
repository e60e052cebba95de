/** A place in a file, both from 1. */
export interface FilePosition {
  readonly line: number;
  readonly column: number;
}

/** A place of a file of campaigns that is wrong. */
export interface ConfigProblem {
  readonly position: FilePosition;
  /** The path of the key, such as `campaigns[2].interval`; empty: the file as a whole. */
  readonly key: string;
  /** The code of docs/errors.md: of the command, of core or of a sink. */
  readonly code: string;
  /** The message, without a value of the file: each may be a secret. */
  readonly message: string;
  readonly remedy: string | null;
}

/** Returns the problems in the order of the file, each once: many campaigns inherit the same default. */
export function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const sorted = problems.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
  const seen = new Set<string>();
  return sorted.filter(({ position, code, message }) => {
    const id = `${position.line} ${position.column} ${code} ${message}`;
    return !seen.has(id) && seen.add(id);
  });
}

/** Writes a problem in the form `FILE:LINE:COLUMN: KEY: MESSAGE`, which editors follow, with its remedy below. */
export function problemText(file: string, { position, key, code, message, remedy }: ConfigProblem): string {
  const where = `${file}:${position.line}:${position.column}`;
  const what = `${where}: ${key === '' ? '' : `${key}: `}${code}: ${message}`;
  return remedy === null ? what : `${what}\n  ${remedy}`;
}
