/** A database server of our own: fresh data, loopback and a unix socket only, gone with this process. */
export interface DatabaseServer {
  /** Of a superuser, with a password that has to be percent-escaped. */
  readonly url: string;
  readonly port: number;
  /** Parameters of an address with which a login succeeds also after a restart. Absent: none are needed. */
  readonly loginParameters?: Readonly<Record<string, string>>;
  /** An empty database, by default of a fresh name; answers its address. */
  createDatabase(name?: string): Promise<string>;
  /** What the server has logged since its start. */
  log(): string;
  /** Shuts down in order and removes the data. */
  stop(): Promise<void>;
  /** As at a power cut: every connection breaks, nothing is shut down in order. The data stays for {@link restart}. */
  kill(): Promise<void>;
  /** After {@link kill}: recovers and listens on the same port. */
  restart(): Promise<void>;
}

export const SERVER_PASSWORD = 'p@ss:word/#?%';

/** Names databases of which nobody cares how they are called. */
export function databaseNames(): () => string {
  let count = 0;
  return () => `db_${process.pid}_${++count}`;
}
