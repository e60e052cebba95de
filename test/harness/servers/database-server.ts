/** A private database server: new data, loopback and a unix socket only, ended together with this process. */
export interface DatabaseServer {
  /** The address of a superuser, with a password that has to be percent-escaped. */
  readonly url: string;
  readonly port: number;
  /** Parameters of an address with which a login also succeeds after a restart. Absent: none are needed. */
  readonly loginParameters?: Readonly<Record<string, string>>;
  /** Creates an empty database, by default with a new name; returns its address. */
  createDatabase(name?: string): Promise<string>;
  /** Returns the server's log since its start. */
  log(): string;
  /** Shuts down in order and removes the data. */
  stop(): Promise<void>;
  /**
   * Kills the server as a power cut does: every connection breaks, nothing is shut down in order. The data stays for
   * {@link restart}.
   */
  kill(): Promise<void>;
  /** Starts the server after {@link kill}: it recovers and listens on the same port. */
  restart(): Promise<void>;
}

export const SERVER_PASSWORD = 'p@ss:word/#?%';

/** Names databases whose names do not matter. */
export function databaseNames(): () => string {
  let count = 0;
  return () => `db_${process.pid}_${++count}`;
}
