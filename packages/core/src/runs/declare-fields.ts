import type { Session } from './session.js';

/** Makes room in the store for the campaign's fields, while no write is under way; does nothing where they have not changed. */
export interface FieldWatch {
  check(session: Session): Promise<void>;
}

export function createFieldWatch(): FieldWatch {
  let declared = '';
  return {
    async check({ api, store, storeGate, observe, stop, halt }) {
      const fields = await api.listFields({ signal: stop });
      const wanted = JSON.stringify(fields);
      if (wanted === declared) return;
      const changes = await storeGate.runAlone(() => store.declareFields(fields, { signal: halt }), stop);
      declared = wanted;
      if (changes.length > 0) observe({ type: 'schema', changes });
    },
  };
}
