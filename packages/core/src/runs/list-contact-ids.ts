import { changedSinceDay } from '../discover/window.js';
import { createRunApi } from './run-api.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** Yields the ids of the campaign's contacts, or of those that changed since an instant, as the API lists them. */
export async function* listContactIds(
  settings: RunSettings,
  context: RunContext,
  since: string | null,
): AsyncGenerator<string> {
  const { signal } = context;
  const api = createRunApi(settings, context);
  try {
    const changedSince = since === null ? null : changedSinceDay(since, 1);
    for await (const page of api.contactPages({ changedSince, signal, onUnreadable: async () => {} })) {
      for (const { id } of page) yield id;
    }
  } finally {
    api.close();
  }
}
