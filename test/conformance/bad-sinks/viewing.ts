import type { StoreSink, Viewing } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about views for reports. */
export const badWithViewing: Breakages = {
  'views are made once, beside a writer, and a look at them changes nothing': (good) =>
    changingViews(good, ({ describeViews, installViews }) => ({
      describeViews: async (request, options) => {
        if (request.timeZone !== null) await installViews(request, options).catch(() => {});
        return describeViews(request, options);
      },
    })),

  'installed views follow the fields that any sink declares': (good) =>
    changingViews(good, ({ describeViews, installViews }) => {
      let first: readonly string[] | null = null;
      const asAtFirst = async (views: ReturnType<Viewing['describeViews']>) => {
        const now = await views;
        first ??= now.map(({ statement }) => statement);
        return now.map((view, index) => ({ ...view, statement: first?.[index] ?? '' }));
      };
      return {
        describeViews: (request, options) => asAtFirst(describeViews(request, options)),
        installViews: (request, options) => asAtFirst(installViews(request, options)),
      };
    }),

  'dropped views are gone, and no declaration of fields brings them back': (good) => {
    const { viewing } = good;
    let wasInstalled = false;
    return {
      ...changingViews(good, ({ installViews }) => ({
        installViews: (request, options) => {
          wasInstalled = true;
          return installViews(request, options);
        },
      })),
      declareFields: async (fields, options) => {
        const changes = await good.declareFields(fields, options);
        if (wasInstalled) await viewing?.installViews({ timeZone: null }, options);
        return changes;
      },
    };
  },

  'a time zone that is none is refused, and no view is made': (good) =>
    changingViews(good, ({ installViews }) => ({
      installViews: (request, options) =>
        installViews(request, options).catch(() => installViews({ timeZone: 'UTC' }, options)),
    })),
};

function changingViews(good: StoreSink, change: (good: Viewing) => Partial<Viewing>): Partial<StoreSink> {
  const { viewing } = good;
  return viewing === undefined ? {} : { viewing: { ...viewing, ...change(viewing) } };
}
