import type { Message } from '@dbsync/core/contract';
import { sampleMessages } from '../samples/sample-messages.js';

/** Messages that a child process delivers and its parent knows. */
export function messagesOfChild(nr: number): readonly Message[] {
  return sampleMessages(60, `child-${nr}-`);
}
