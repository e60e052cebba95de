import { serverError } from './server-errors.ts';
import { change, type ServerMessage } from './tokens.ts';
import type { TransactionStep } from './transaction-steps.ts';

/** The transaction of one session, as far as the protocol shows it. */
export interface TransactionState {
  /** The descriptor that requests have in their headers, 0 while there is none. */
  readonly descriptor: bigint;
  /** Takes a request's steps, up to the first that fails. */
  take(steps: readonly TransactionStep[]): StepsTaken;
  /** Notes a batch that was sent: it may set that every error ends the transaction. */
  note(batch: string): void;
  /** True where an error of that number ends it. */
  endsWith(error: number): boolean;
  /** Rolls it back as the server does; returns the ENVCHANGE to send, empty when there was none. */
  abandon(): Buffer;
  /** Restores the state after the login. */
  reset(): void;
}

export interface StepsTaken {
  /** ENVCHANGE tokens. */
  readonly tokens: Buffer;
  readonly error: ServerMessage | null;
}

const UNCHANGED = Buffer.alloc(0);
const DEADLOCK = 1205;
const XACT_ABORT = /\bset\s+xact_abort\s+(on|off)\b/gi;

export function createTransactionState(): TransactionState {
  let begun = 0n;
  let descriptor = 0n;
  let depth = 0;
  let outermost = '';
  let everyErrorEnds = false;
  const savepoints = new Set<string>();

  const begin = (name: string): Buffer => {
    depth += 1;
    if (depth > 1) return UNCHANGED;
    begun += 1n;
    descriptor = begun;
    outermost = name;
    return change.begun(descriptor);
  };
  const end = (tell: (descriptor: bigint) => Buffer): Buffer => {
    const token = tell(descriptor);
    descriptor = 0n;
    depth = 0;
    savepoints.clear();
    return token;
  };
  const commit = (): Buffer => {
    depth -= 1;
    return depth > 0 ? UNCHANGED : end(change.committed);
  };
  const rollback = (name: string): Buffer | ServerMessage => {
    if (savepoints.has(name)) return UNCHANGED;
    return name === '' || name === outermost ? end(change.rolledBack) : serverError(6401);
  };
  const save = (name: string): Buffer => {
    savepoints.add(name);
    return UNCHANGED;
  };

  const step = ({ verb, name, ifOpen }: TransactionStep): Buffer | ServerMessage => {
    if (verb === 'begin') return begin(name);
    if (depth === 0) return ifOpen ? UNCHANGED : serverError(verb === 'rollback' ? 3903 : 3902);
    if (verb === 'commit') return commit();
    return verb === 'rollback' ? rollback(name) : save(name);
  };
  const abandon = (): Buffer => (depth === 0 ? UNCHANGED : end(change.rolledBack));

  return {
    get descriptor() {
      return descriptor;
    },
    take: (steps) => {
      const tokens: Buffer[] = [];
      for (const each of steps) {
        const answer = step(each);
        if (!Buffer.isBuffer(answer)) return { tokens: Buffer.concat(tokens), error: answer };
        tokens.push(answer);
      }
      return { tokens: Buffer.concat(tokens), error: null };
    },
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
