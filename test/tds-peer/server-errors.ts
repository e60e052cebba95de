import type { ServerMessage } from './tokens.ts';

/** SQL Server's own words for the errors of scripts, from `sys.messages`, with names of the tests. */
const known: Readonly<Record<number, Omit<ServerMessage, 'number'>>> = {
  515: {
    class: 16,
    state: 2,
    message:
      "Cannot insert the value NULL into column 'c', table 'peer.dbo.t'; column does not allow nulls. INSERT fails.",
  },
  1205: {
    class: 13,
    state: 51,
    message:
      'Transaction (Process ID 52) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  },
  1222: { class: 16, state: 56, message: 'Lock request time out period exceeded.' },
  2601: {
    class: 14,
    state: 1,
    message:
      "Cannot insert duplicate key row in object 'dbo.t' with unique index 'ix_t'. The duplicate key value is (1).",
  },
  2627: {
    class: 14,
    state: 1,
    message:
      "Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).",
  },
  2628: {
    class: 16,
    state: 1,
    message: "String or binary data would be truncated in table 'peer.dbo.t', column 'c'. Truncated value: 'ab'.",
  },
  3902: { class: 16, state: 1, message: 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.' },
  3903: { class: 16, state: 1, message: 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.' },
  3971: { class: 16, state: 1, message: 'The server failed to resume the transaction.' },
  4060: { class: 11, state: 1, message: 'Cannot open database "d" requested by the login. The login failed.' },
  6401: {
    class: 16,
    state: 1,
    message: 'Cannot roll back s. No transaction or savepoint of that name was found.',
  },
  8152: { class: 16, state: 30, message: 'String or binary data would be truncated.' },
  8179: { class: 16, state: 2, message: 'Could not find prepared statement with the given handle.' },
  18456: { class: 14, state: 1, message: 'Login failed for user.' },
  40613: {
    class: 20,
    state: 1,
    message: "Database 'd' on server 'peer' is not currently available. Please retry the connection later.",
  },
};

/** Returns an error of that number, in SQL Server's words and with its severity where these are known here. */
export function serverError(number: number, change: Partial<Omit<ServerMessage, 'number'>> = {}): ServerMessage {
  const error = known[number] ?? { class: 16, state: 1, message: `Error ${number}.` };
  return { number, ...error, ...change };
}

/** The lowest severity at which the server closes the connection after the error. */
export const FATAL_CLASS = 20;
