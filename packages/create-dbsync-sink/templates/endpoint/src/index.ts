import { type CreateSink, type ErrorCodes, SinkError } from '@dbsync/core/contract';
import { createEndpoint } from './endpoint.ts';
import { openInbox } from './inbox.ts';

/** dbsync calls this once for each sink. It opens nothing: `open` of the endpoint does. */
export const createSink: CreateSink = ({ address }) => {
  if (address.path === '') {
    const message = 'The URL names no inbox: write example:NAME.';
    throw new SinkError('EXAMPLE_NAME_MISSING', message, { verdict: 'fatal', outcome: 'not-committed' });
  }
  return createEndpoint(openInbox(address.path));
};

/** The text that an operator reads under each code, and the exit code of the command. */
export const errorCodes: ErrorCodes = {
  EXAMPLE_NAME_MISSING: { what: 'The URL names no inbox.', normal: null, remedy: 'Write example:NAME.', exit: 2 },
};
