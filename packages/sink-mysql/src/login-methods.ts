import type { KeyObject } from 'node:crypto';
import mysql, { type AuthPlugin } from 'mysql2';

/**
 * The error for a server that asks for the password itself in a way that a rogue server could read, or in one that
 * dbsync does not know.
 */
export class LoginMethodRefused extends Error {
  override readonly name = 'LoginMethodRefused';
}

export interface LoginGuard {
  /** True where the connection is encrypted, or is a socket of this machine. */
  readonly isPrivate: boolean;
  /** The known key of the server; null: none is known. */
  readonly serverKey: KeyObject | null;
  /**
   * Called when the login succeeded only because the server remembers the password: after its next restart it would ask
   * for it.
   */
  onRemembered(): void;
}

const FAST_LOGIN_DONE = Buffer.from([3]);
const PASSWORD_WANTED = Buffer.from([4]);

/**
 * The login methods by which a server gets the password itself. Over a connection that others can read or answer, the
 * password is sent only under a key that the operator has named: a key that the server sends may be that of a rogue
 * one. A login that the server remembers needs no password.
 */
export function loginMethods(guard: LoginGuard): Readonly<Record<string, AuthPlugin>> {
  const { isPrivate, serverKey } = guard;
  const mayTell = isPrivate || serverKey !== null;
  const key = serverKey === null ? {} : { serverPublicKey: serverKey };
  const [caching, plain] = [mysql.authPlugins.caching_sha2_password(key), mysql.authPlugins.sha256_password(key)];
  return {
    caching_sha2_password: (login) => {
      const answer = caching(login);
      return (data) => {
        if (PASSWORD_WANTED.equals(data) && !mayTell) return refused('caching_sha2_password');
        if (FAST_LOGIN_DONE.equals(data) && !mayTell) guard.onRemembered();
        return answer(data);
      };
    },
    sha256_password: (login) => (mayTell ? plain(login) : () => refused('sha256_password')),
  };
}

/** Rejects, since the driver loses an error that is thrown here. */
function refused(method: string): Promise<Buffer> {
  const message = `the server asks for the password itself (${method}), and neither encryption nor a known key proves that it is the right server`;
  return Promise.reject(new LoginMethodRefused(message));
}
