import type { ErasedContact } from '../contract/index.js';
import { counted } from '../observe/counted.js';
import { fetchAgain } from './fetch-again.js';
import { isLastingRefusal } from './lasting-refusal.js';
import type { Session, SessionFrame } from './session.js';

/** A request to forget contacts, or to let them in again. */
interface ForgetRequest {
  readonly key: string;
  readonly kind: 'forget' | 'remember';
  readonly contactIds: readonly string[];
}

/**
 * Lets the store forget contacts, or lets them in again and fetches them at once. A request that the store cannot carry
 * out stays in the mailbox, and is reported at each try: an erasure is never dropped in silence. Returns false where it
 * stays.
 */
export async function answerForget(session: Session, { key, kind, contactIds }: ForgetRequest): Promise<boolean> {
  const { store, storeGate, deadlines, wanted, writer, stop } = session;
  const { erasure } = store;
  if (erasure === undefined) return tellFailed(session, contactIds, 'the target cannot do it');
  try {
    if (kind === 'forget') {
      const forget = () => deadlines.run('forget', stop, (call) => erasure.forget(contactIds, call));
      const erased = await storeGate.runAlone(forget, stop);
      for (const contactId of contactIds) wanted.leaveToRetries(contactId);
      tellForgotten(session, erased);
    } else {
      await deadlines.run('remember', stop, (call) => erasure.remember(contactIds, call));
    }
  } catch (error) {
    if (!isLastingRefusal(error)) throw error;
    return tellFailed(session, contactIds, error.message);
  }
  if (kind === 'remember') await fetchAgain(session, contactIds);
  await writer.write({ settled: [key] });
  return true;
}

/** Reports an erasure without the ids, since a log outlives the erasure. */
function tellForgotten({ observe }: SessionFrame, erased: readonly ErasedContact[]): void {
  const message = `Forgotten: ${counted(erased.length, 'contact')}. Removed: ${textOfCounts(erased)}.`;
  observe({ type: 'notice', level: 'info', code: 'CONTACTS_FORGOTTEN', message });
}

function tellFailed({ observe }: SessionFrame, contactIds: readonly string[], why: string): false {
  const message = `${counted(contactIds.length, 'contact')} could not be forgotten: ${why}. The request stays.`;
  observe({ type: 'notice', level: 'warn', code: 'FORGET_FAILED', message });
  return false;
}

function textOfCounts(erased: readonly ErasedContact[]): string {
  const sum = new Map<string, number>();
  for (const { erased: counts } of erased) {
    for (const [kind, count] of Object.entries(counts ?? {})) sum.set(kind, (sum.get(kind) ?? 0) + count);
  }
  const parts = [...sum].filter(([, count]) => count > 0).map(([kind, count]) => `${kind} ${count}`);
  return parts.length === 0 ? 'nothing, since there was nothing' : parts.join(', ');
}
