import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about what a start would change. */
export const badWithPlanning: Breakages = {
  'plan tells what a start would change where no copy stands, and changes nothing': (good, target) => ({
    planChanges: async (fields, options) => {
      const planned = await good.planChanges?.(fields, options);
      // It makes what it tells, only where there is nothing yet.
      if (target.fields.size === 0) await good.declareFields(fields, options);
      return planned ?? { hasCopy: false, changes: [], effects: [] };
    },
  }),

  'plan tells of no change where a start has made them all, and of a new field alone': (good, target) => ({
    planChanges: async (fields, options) => {
      const planned = await good.planChanges?.(fields, options);
      const again = [...target.fields].map(
        ([column]) => ({ table: 'contacts', column, change: 'widen', to: 'json' }) as const,
      );
      return { hasCopy: planned?.hasCopy ?? false, changes: [...(planned?.changes ?? []), ...again], effects: [] };
    },
  }),
};
