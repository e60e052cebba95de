import { serverError } from './server-errors.ts';
import { change, type ServerMessage } from './tokens.ts';

/** The transaction of one session, as far as the protocol tells of it. */
export interface TransactionState {
  /** What its requests carry in their headers, 0 while there is none. */
  readonly descriptor: bigint;
  /** Does what a statement asks for; answers the ENVCHANGE to tell, if any, or why not. */
  step(step: TransactionStep): Buffer | ServerMessage;
  /** A statement of the session's own has been sent: it may say whether every error ends the transaction. */
  note(batch: string): void;
  /** Whether an error of that number ends it. */
  endsWith(error: number): boolean;
  /** The server gives it up; answers the ENVCHANGE to tell, empty when there was none. */
  abandon(): Buffer;
  /** As at the login. */
  reset(): void;
}

export interface TransactionStep {
  readonly verb: 'begin' | 'commit' | 'rollback' | 'save';
  readonly name: string;
  /** Does nothing when no transaction is open, rather than fail. */
  readonly ifOpen: boolean;
}

const DEADLOCK = 1205;
const XACT_ABORT = /\bset\s+xact_abort\s+(on|off)\b/gi;
const STEP =
  /^\s*(?:set\s+transaction\s+isolation\s+level\s+[\w ]+?;?\s+)?(if\s+@@trancount\s*>\s*0\s+)?(begin|commit|rollback|save)\s+tran(?:saction)?\b\s*\[?([^\];]*?)\]?\s*;?\s*$/i;

/** The step that is all of a text; null for any other. */
export function transactionStepOf(text: string): TransactionStep | null {
  const [, ifOpen, verb, name = ''] = STEP.exec(text) ?? [];
  if (verb === undefined) return null;
  return { verb: verb.toLowerCase() as TransactionStep['verb'], name, ifOpen: ifOpen !== undefined };
}

export function createTransactionState(): TransactionState {
  const unchanged = Buffer.alloc(0);
  let begun = 0n;
  let descriptor = 0n;
  let depth = 0;
  let outermost = '';
  let everyErrorEnds = false;
  const savepoints = new Set<string>();

  const end = (tell: (descriptor: bigint) => Buffer): Buffer => {
    const token = tell(descriptor);
    descriptor = 0n;
    depth = 0;
    savepoints.clear();
    return token;
  };

  const abandon = (): Buffer => (depth === 0 ? unchanged : end(change.rolledBack));

  const step = ({ verb, name, ifOpen }: TransactionStep): Buffer | ServerMessage => {
    if (verb === 'begin') {
      depth += 1;
      if (depth > 1) return unchanged;
      begun += 1n;
      descriptor = begun;
      outermost = name;
      return change.begun(descriptor);
    }
    if (depth === 0) return ifOpen ? unchanged : serverError(verb === 'rollback' ? 3903 : 3902);
    if (verb === 'save') savepoints.add(name);
    if (verb === 'save' || (verb === 'rollback' && savepoints.has(name))) return unchanged;
    if (verb === 'rollback') return name === '' || name === outermost ? end(change.rolledBack) : serverError(6401);
    depth -= 1;
    return depth > 0 ? unchanged : end(change.committed);
  };

  return {
    get descriptor() {
      return descriptor;
    },
    step,
    note: (batch) => {
      for (const [, setting = ''] of batch.matchAll(XACT_ABORT)) everyErrorEnds = setting.toLowerCase() === 'on';
    },
    endsWith: (error) => everyErrorEnds || error === DEADLOCK,
    abandon,
    reset: () => {
      abandon();
      everyErrorEnds = false;
    },
  };
}
