import { type CreateSink, type ErrorCodes, SinkError } from '@dbsync/core/contract';
import { openDatabase } from './database.ts';
import { createStore } from './store.ts';

/** dbsync calls this once for each sink. It opens nothing: `open` of the store does. */
export const createSink: CreateSink = ({ address }) => {
  if (address.path === '') {
    const message = 'The URL names no database: write example:NAME.';
    throw new SinkError('EXAMPLE_NAME_MISSING', message, { verdict: 'fatal', outcome: 'not-committed' });
  }
  return createStore(openDatabase(address.path));
};

/** The text that an operator reads under each code, and the exit code of the command. */
export const errorCodes: ErrorCodes = {
  EXAMPLE_NAME_MISSING: { what: 'The URL names no database.', normal: null, remedy: 'Write example:NAME.', exit: 2 },
  EXAMPLE_FENCED: {
    what: 'Another process has claimed the stream, or the database was restored from a backup.',
    normal: 'After a takeover by a standby: the former holder ends or stands by.',
    remedy: 'Run one daemon a campaign.',
    exit: 3,
  },
  EXAMPLE_REFUSED: {
    what: 'The database takes no contact with such an id.',
    normal: null,
    remedy: 'See the dead letter.',
    exit: 1,
  },
};
