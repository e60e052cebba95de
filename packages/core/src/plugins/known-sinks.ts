/** The package that serves each scheme, for a user who has not installed it yet. */
export const KNOWN_SINKS: Readonly<Record<string, string>> = {
  mysql: '@dbsync/sink-mysql',
  mariadb: '@dbsync/sink-mysql',
  postgres: '@dbsync/sink-postgres',
  postgresql: '@dbsync/sink-postgres',
  sqlserver: '@dbsync/sink-mssql',
  mssql: '@dbsync/sink-mssql',
  sqlite: '@dbsync/sink-sqlite',
  nats: '@dbsync/sink-nats',
  http: '@dbsync/sink-webhook',
  https: '@dbsync/sink-webhook',
};
