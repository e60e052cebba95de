import type { TdsValue } from './data-type.ts';
import type { Call } from './read-request.ts';
import { fails, outputs, type Part } from './replies.ts';
import type { Parameter } from './requests.ts';

/** The statement behind a call. */
export interface ResolvedCall {
  /** The statement that it executes, else its procedure's name. */
  readonly text: string;
  /** The parameters of the statement, else all. */
  readonly parameters: readonly Parameter[];
  /** The parts before the statement's own answer: a handle, or the error that replaces it. */
  readonly ahead: readonly Part[];
}

/** The statements that a session has prepared. */
export interface PreparedStatements {
  resolve(call: Call): ResolvedCall;
  clear(): void;
}

export function createPreparedStatements(): PreparedStatements {
  const statements = new Map<TdsValue, string>();
  let handles = 0;

  /** Returns the handle in the first output parameter, which asks for it. */
  const prepare = (handle: Parameter | undefined, statement: string): Part => {
    handles += 1;
    statements.set(handles, statement);
    return outputs({ [handle?.name ?? '']: handles });
  };

  return {
    clear: () => statements.clear(),
    resolve: ({ procedure, parameters }) => {
      const [first, , third] = parameters;
      switch (procedure.toLowerCase()) {
        case 'sp_executesql':
          return { text: textOf(first), parameters: parameters.slice(2), ahead: [] };
        case 'sp_prepexec':
          return { text: textOf(third), parameters: parameters.slice(3), ahead: [prepare(first, textOf(third))] };
        case 'sp_prepare':
          return { text: procedure, parameters, ahead: [prepare(first, textOf(third))] };
        case 'sp_execute': {
          const text = statements.get(first?.value ?? null);
          return text === undefined
            ? { text: procedure, parameters, ahead: [fails(8179)] }
            : { text, parameters: parameters.slice(1), ahead: [] };
        }
        case 'sp_unprepare':
          return { text: procedure, parameters, ahead: statements.delete(first?.value ?? null) ? [] : [fails(8179)] };
        default:
          return { text: procedure, parameters, ahead: [] };
      }
    },
  };
}

function textOf(parameter: Parameter | undefined): string {
  if (typeof parameter?.value !== 'string') throw new Error('A call comes without its statement');
  return parameter.value;
}
