/** The two families of servers. Code for both is named after MySQL. */
export type ServerKind = 'mariadb' | 'mysql';

/** The names of the products, for messages. */
export const PRODUCT: Readonly<Record<ServerKind, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' };

/** The server's facts that decide which statements it gets. Another server may answer after a failover. */
export interface ServerFacts {
  readonly kind: ServerKind;
  readonly version: string;
  /** The longest request that the server takes, in bytes. */
  readonly maxRequestBytes: number;
  /** True where the server lets a client send the rows of a LOAD DATA LOCAL. */
  readonly takesLoads: boolean;
  /** The server's name of the account that logged in, such as `dbsync@10.%`. */
  readonly account: string;
}

/** Returns one {@link FactsRow}. */
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
