import type { ContactTree, Progress } from '@dbsync/core/contract';
import { sampleContacts, sampleProgress } from '../samples/sample-contacts.js';

/** A batch that a child process writes and its parent knows. */
export function batchOfChild(nr: number): { readonly contacts: readonly ContactTree[]; readonly progress: Progress } {
  return { contacts: sampleContacts(200, `child-${nr}-`), progress: sampleProgress(nr) };
}
