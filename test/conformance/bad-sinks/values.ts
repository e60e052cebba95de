import { type Fields, fieldOf, isDigits, isFields, type Json } from '@dbsync/core/contract';
import { rowsOfMessages } from '../../../packages/testkit/src/memory/memory-target.ts';
import { type Breakages, changingContacts, changingValues } from './breakage.ts';

/** Sinks that each break a promise about values or fields. */
export const badWithValues: Breakages = {
  'any text comes back code unit by code unit': changingValues((values) =>
    mapValues(values, (value) => (typeof value === 'string' ? value.toWellFormed() : value)),
  ),

  'any time, number or boolean comes back as the same value': changingValues((values) =>
    mapValues(values, (value) => (isDigits(value) ? Number(value.rawJSON) : value)),
  ),

  'any JSON, under any key of a body, is kept': changingValues((values) =>
    mapValues(values, (value) => (Array.isArray(value) ? value.filter((item) => !isFields(item)) : value)),
  ),

  'a text of any length is kept completely': changingContacts((tree) => {
    const city = fieldOf(tree.values, 'city');
    return typeof city === 'string' ? { ...tree, values: { ...tree.values, city: city.slice(0, 255) } } : tree;
  }),

  'fields of any name keep their values apart': changingContacts((tree) => ({
    ...tree,
    values: Object.fromEntries(Object.entries(tree.values).map(([name, value]) => [name.trimEnd(), value])),
  })),

  'R35 a field that can get no room now blocks no other field, and gets its room by a later call': (good) => {
    const asked = new Set<string>();
    return {
      declareFields: async (fields, options) => {
        const wanted = JSON.stringify(fields);
        if (asked.has(wanted)) return [];
        if (!options.dryRun) asked.add(wanted);
        return good.declareFields(fields, options);
      },
    };
  },

  'a field that appears while rows are written keeps all its values': (good, target) => ({
    declareFields: async (fields, options) => {
      const changes = await good.declareFields(fields, options);
      for (const { column } of changes.filter((change) => change.column.startsWith('late'))) {
        for (const row of rowsOfMessages(target, 'contacts').filter(({ values }) => Object.hasOwn(values, column))) {
          const values = { ...row.values, [column]: null };
          const emptied = { ...row, table: 'contacts' as const, contactId: row.id, values };
          target.messages.push({ record: `contacts ${row.id}`, gone: false, row: emptied });
        }
      }
      return changes;
    },
  }),

  'a process that declares no fields uses those declared before': (good) => {
    let hasFields = false;
    return {
      declareFields: async (fields, options) => {
        hasFields ||= fields.length > 0;
        return good.declareFields(fields, options);
      },
      write: (batch, claim, options) => {
        if (hasFields) return good.write(batch, claim, options);
        const contacts = batch.contacts.map((tree) => ({ ...tree, values: { ...tree.values, city: null } }));
        return good.write({ ...batch, contacts }, claim, options);
      },
    };
  },

  'a dry run returns the changes that it would make and makes none; a second declaration changes nothing': (good) => ({
    declareFields: (fields, options) => good.declareFields(fields, { ...options, dryRun: false }),
  }),
};

/** Changes values. Nested records stay as they are: rows ignore them. */
function mapValues(values: Fields, change: (value: Json) => Json): Fields {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, NESTED.has(name) ? value : change(value)]),
  );
}

const NESTED: ReadonlySet<string> = new Set(['$task_log', 'connections', 'third_party_connections', 'recordings']);
