// `node import.ts` makes the questions of questions.json in Metabase, or brings them up to date. See README.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Question {
  readonly name: string;
  readonly description: string;
  readonly query: string;
  readonly display: string;
  readonly settings: object;
}

/** An object of Metabase's API. */
interface Named {
  readonly id: number;
  readonly name: string;
  readonly archived?: boolean;
}

const { env } = process;
const url = required('METABASE_URL').replace(/\/+$/, '');
const key = required('METABASE_API_KEY');
const databaseName = required('METABASE_DATABASE');
const prefix = env.DBSYNC_TABLE_PREFIX ?? 'mcall_';

const file = join(import.meta.dirname, 'questions.json');
const { collection, questions } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly collection: string;
  readonly questions: readonly Question[];
};
const collectionName = env.METABASE_COLLECTION ?? collection;

try {
  const database = named(listIn(await ask('GET', '/api/database')), databaseName);
  if (database === undefined) throw new Error(`Metabase has no database ${databaseName}: correct METABASE_DATABASE.`);
  const target =
    named(listIn(await ask('GET', '/api/collection')), collectionName) ??
    ((await ask('POST', '/api/collection', { name: collectionName })) as Named);
  const there = listIn(await ask('GET', `/api/collection/${target.id}/items?models=card&limit=1000`));
  for (const question of questions) {
    const card = cardOf(question, database.id, target.id);
    const known = named(there, question.name);
    await (known === undefined ? ask('POST', '/api/card', card) : ask('PUT', `/api/card/${known.id}`, card));
    console.log(`${known === undefined ? 'Made' : 'Brought up to date'}: ${question.name}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function cardOf({ name, description, query, display, settings }: Question, database: number, collectionId: number) {
  const native = { query: query.replaceAll('mcall_', prefix), 'template-tags': {} };
  return {
    ...{ name, description, display, collection_id: collectionId, visualization_settings: settings },
    dataset_query: { type: 'native', database, native },
  };
}

/** Returns the entries of a list, which newer releases of Metabase put into `data`. */
function listIn(answer: unknown): readonly Named[] {
  const list = Array.isArray(answer) ? answer : (answer as { readonly data?: unknown }).data;
  if (!Array.isArray(list)) throw new Error('Metabase answered without a list: is METABASE_URL its address?');
  return list;
}

function named(list: readonly Named[], name: string): Named | undefined {
  return list.find((entry) => entry.name === name && entry.archived !== true);
}

/** Sends a request. The key goes to METABASE_URL alone: no redirect is followed. */
async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const request = { method, headers, redirect: 'error', ...(body && { body: JSON.stringify(body) }) } as const;
  const response = await fetch(`${url}${path}`, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: Metabase answered ${response.status}. ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

function required(name: string): string {
  const value = env[name] ?? '';
  if (value !== '') return value;
  console.error(`Set ${name}: see README.md.`);
  process.exit(2);
}
