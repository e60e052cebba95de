/** A statement's step of the session's transaction. */
export interface TransactionStep {
  readonly verb: 'begin' | 'commit' | 'rollback' | 'save';
  /** The name of the transaction or the savepoint, often empty. */
  readonly name: string;
  /** True: does nothing when no transaction is open, rather than fail. */
  readonly ifOpen: boolean;
}

const STRING_OR_COMMENT = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
const CATCH_BLOCK = /\bbegin\s+catch\b[\s\S]*?\bend\s+catch\b/gi;
const STEP =
  /(\bif\s+@@trancount\s*>\s*0\s+)?\b(begin|commit|rollback|save)\s+tran(?:saction)?\b[^\S\n]*(?:\[([^\]]*)\]|(\w*))/gi;

/**
 * Returns the steps of a batch in which nothing fails, so none of a CATCH block. No T-SQL is read beyond that: other
 * conditions count as met.
 */
export function transactionStepsOf(batch: string): readonly TransactionStep[] {
  const code = batch.replace(STRING_OR_COMMENT, "''").replace(CATCH_BLOCK, '');
  return [...code.matchAll(STEP)].map(([, ifOpen, verb = '', quoted, plain = '']) => ({
    verb: verb.toLowerCase() as TransactionStep['verb'],
    name: quoted ?? plain,
    ifOpen: ifOpen !== undefined,
  }));
}
