/** The two families of servers: what they share goes under the name of MySQL. */
export type ServerKind = 'mariadb' | 'mysql';

/** What a server says of itself that decides how it is spoken to. Another one may answer after a failover. */
export interface ServerFacts {
  readonly kind: ServerKind;
  readonly version: string;
  /** The longest request that it takes, in bytes. */
  readonly maxRequestBytes: number;
  /** Whether it lets a client send it the rows of a LOAD DATA LOCAL. */
  readonly takesLoads: boolean;
  /** The account that the login was taken for, such as `dbsync@10.%`. */
  readonly account: string;
}

/** Answers one {@link FactsRow}. */
export const FACTS_QUERY =
  'SELECT version() AS version, @@max_allowed_packet AS max_packet, @@local_infile AS local_infile, current_user() AS account';

export interface FactsRow {
  readonly version: string;
  readonly max_packet: number;
  readonly local_infile: number;
  readonly account: string;
}

export function serverFacts({ version, max_packet, local_infile, account }: FactsRow): ServerFacts {
  const kind = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  return { kind, version, maxRequestBytes: max_packet, takesLoads: local_infile === 1, account };
}
