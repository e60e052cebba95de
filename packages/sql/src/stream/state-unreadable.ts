import { SinkError } from '@dbsync/core/contract';

/**
 * Reports numbers of dbsync that another program has changed, so that dbsync cannot continue from them (R36).
 *
 * @param what the cells, such as `The counters of campaign C1 in mcall_sync_state`
 * @param statement corrects them
 */
export function stateUnreadable(what: string, statement: string): SinkError {
  const message = `${what} are no numbers from which dbsync can continue. Stop all daemons of the campaign, and run: ${statement}`;
  return new SinkError('SQL_STATE_UNREADABLE', message, { verdict: 'fatal', outcome: 'not-committed' });
}
