import type { Message } from '../contract/index.js';
import { sampleMessages } from './sample-messages.js';

/** Messages that a child process delivers and its parent knows. */
export function messagesOfChild(nr: number): readonly Message[] {
  return sampleMessages(60, `child-${nr}-`);
}
