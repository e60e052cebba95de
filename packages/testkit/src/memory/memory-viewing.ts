import { type ReportView, SinkError, type Viewing, type ViewRequest } from '@dbsync/core/contract';
import type { MemoryTarget } from './memory-target.js';

/** Makes the one view of memory: its definition always fits the fields, so it is never out of date. */
export function createMemoryViewing(target: MemoryTarget): Viewing {
  const described = (request: ViewRequest): readonly ReportView[] => {
    const timeZone = request.timeZone ?? target.viewZone ?? 'UTC';
    refuseUnknown(timeZone);
    const statement = `contacts with ${[...target.fields.keys()].join(', ')}`;
    const isThere = target.viewZone === timeZone;
    const state = target.viewZone === null ? 'absent' : isThere ? 'current' : 'outdated';
    return [{ name: 'v_contacts', statement, timeZone, state }];
  };
  return {
    describeViews: async (request) => described(request),
    async installViews(request) {
      const [view] = described(request);
      target.viewZone = view?.timeZone ?? null;
      return described(request);
    },
    async dropViews() {
      if (target.viewZone === null) return [];
      target.viewZone = null;
      return ['v_contacts'];
    },
  };
}

function refuseUnknown(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    const details = { verdict: 'fatal', outcome: 'not-committed', cause } as const;
    throw new SinkError('MEMORY_ZONE_UNKNOWN', `${timeZone} is no time zone`, details);
  }
}
