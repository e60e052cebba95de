import type { Filling } from '@dbsync/core/contract';
import type { OpenDatabase } from './open-database.js';
import { continueFill, hasFillDue } from './schema/overflow-fill.js';
import { fencedOff, isHeld } from './stream/lease.js';

/** Creates the part of a store that fills columns which are younger than their rows (R21). */
export function createSqlFilling({ callOnTables }: Pick<OpenDatabase, 'callOnTables'>): Filling {
  return {
    fill: (claim, options) =>
      callOnTables(options, async (context, schema) => {
        if (!hasFillDue(await schema.current(options))) return null;
        if (!(await isHeld(context, claim, options))) throw await fencedOff(context, claim, options);
        const progress = await continueFill(context, options);
        if (progress?.changedMap !== false) schema.forget();
        if (progress === null) return null;
        const { table, done, of } = progress;
        return { what: context.names[table], done, of };
      }),
  };
}
