/** A mode of a run, with an example for the first page of the help and for the manual. */
export interface Mode {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
}

export const MODES: readonly Mode[] = [
  {
    name: 'db_init',
    summary: 'copy all contacts into a database, then end',
    example: 'dbsync --a db_init --c CAMPAIGN --ct TOKEN --url sqlite:calls.db',
  },
  {
    name: 'db_update',
    summary: 'copy the contacts that changed in the last week, then end',
    example: 'dbsync --a db_update --c CAMPAIGN --ct TOKEN --url sqlite:calls.db',
  },
  {
    name: 'db_sync',
    summary: 'keep a database current, from now on',
    example: 'dbsync --a db_sync --c CAMPAIGN --ct TOKEN --url mysql://user:pass@host/db',
  },
  {
    name: 'webhook',
    summary: 'send each new or updated transaction to a web service',
    example: 'dbsync --a webhook --c CAMPAIGN --ct TOKEN --url https://example.com/hook',
  },
];
