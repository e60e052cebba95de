import type pg from 'pg';
import { GuardedClient, type GuardedConfig } from './guarded-client.js';
import { NARROW_PATH } from './session-path.js';

/** A connection beside those of the pool, which ends the statement of one of them. It has their search path. */
export class ControlClient extends GuardedClient {
  constructor(config: GuardedConfig) {
    super(config);
    const connect = async () => {
      const client = await super.connect();
      await client.query(`SELECT ${NARROW_PATH}`);
      return client;
    };
    // The form with a callback is left out: kysely does not use it.
    this.connect = connect as pg.Client['connect'];
  }
}
