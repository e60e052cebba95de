import { SinkError } from '@dbsync/core/contract';

/** Makes the error for tables that are not there. @param who the subject and verb of the sentence, such as `The views need` */
export function copyMissing(who: string): SinkError {
  const message = `${who} the tables of a copy, and there are none: start dbsync with --mode db_init or db_sync first`;
  return new SinkError('SQL_COPY_MISSING', message, { verdict: 'fatal', outcome: 'not-committed' });
}
