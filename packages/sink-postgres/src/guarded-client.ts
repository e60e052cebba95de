import type { EventEmitter } from 'node:events';
import pg from 'pg';

/**
 * The error for a server that asks for the password in clear text, where a program on the way, or one in the place of
 * the server, could read it.
 */
export class PasswordAskedInClear extends Error {
  override readonly name = 'PasswordAskedInClear';
  override readonly message =
    'the server asks for the password in clear text, and neither TLS with a checked certificate nor a unix socket of a trusted account protects it';
}

export interface GuardedConfig extends pg.ClientConfig {
  /** True: the password may be sent in clear text. */
  readonly mayTellPassword?: boolean;
}

/**
 * A connection that sends the password in clear text only where the configuration allows it. The other methods (md5,
 * SCRAM) never send the password itself.
 */
export class GuardedClient extends pg.Client {
  constructor(config: GuardedConfig = {}) {
    super(config);
    if (config.mayTellPassword === true) return;
    const { connection } = this as unknown as { readonly connection: EventEmitter };
    // It runs before the driver's own listener. The driver keeps a password that it has fetched for another method.
    connection.on('authenticationCleartextPassword', () => {
      const login = this as unknown as { password: () => Promise<string> };
      login.password = () => Promise.reject(new PasswordAskedInClear());
    });
  }
}
