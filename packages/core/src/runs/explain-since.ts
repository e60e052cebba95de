import type { ContactTree } from '../contract/index.js';
import { changedSinceDay } from '../discover/window.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { newestOf } from './explain-api.js';
import { createRunApi } from './run-api.js';
import type { RunContext, RunSettings } from './run-settings.js';

type Asking = Pick<RunContext, 'clock' | 'signal' | 'observe' | 'transport'>;

/**
 * Returns whether nothing happened to the contact after the start of the copy. Its body alone does not tell: an edit without a
 * transaction leaves no time in it, and the filter may leave out the newest transaction. So the listing of what changed since
 * then must not name it either.
 *
 * @throws DbsyncError `VERIFY_LISTING_PARTIAL` where the listing cannot be read to its end
 */
export async function isBeforeStart(
  settings: RunSettings,
  context: Asking,
  tree: ContactTree,
  since: string | null,
): Promise<boolean> {
  const newest = newestOf(tree);
  if (since === null || newest === null || Date.parse(newest) >= Date.parse(since)) return false;
  return !(await isListed(settings, context, tree.contactId, since));
}

async function isListed(settings: RunSettings, context: Asking, contactId: string, since: string): Promise<boolean> {
  const { signal } = context;
  const api = createRunApi(settings, context);
  let isWhole = true;
  const onPartial = () => {
    isWhole = false;
  };
  try {
    const changedSince = changedSinceDay(since, 1);
    for await (const page of api.contactPages({ changedSince, signal, onPartial, onUnreadable: async () => {} })) {
      if (page.some(({ id }) => id === contactId)) return true;
    }
  } finally {
    api.close();
  }
  if (!isWhole) throw new DbsyncError('VERIFY_LISTING_PARTIAL', 'The list of contacts could not be read to its end.');
  return false;
}
