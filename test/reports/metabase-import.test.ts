import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { metabaseQuery } from '../../scripts/print-dashboards.ts';
import { reportQuestions } from '../../scripts/report-questions.ts';
import { runProgram } from '../harness/run-program.ts';

const IMPORT = join(import.meta.dirname, '../../examples/metabase/import.ts');
const KEY = 'mb_key-of-the-test';

interface Card {
  readonly name: string;
  readonly display: string;
  readonly collection_id: number;
  readonly dataset_query: {
    readonly type: string;
    readonly database: number;
    readonly native: { readonly query: string };
  };
}

it('makes the questions once, and a second run brings them up to date', async () => {
  await using metabase = await startMetabase();
  const first = await metabase.import({ DBSYNC_TABLE_PREFIX: 'cc_' });
  expect(first, first.stderr).toMatchObject({ status: 0, stderr: '' });
  const questions = reportQuestions();
  const made = () => [...metabase.cards.values()];
  expect(made().map(({ name }) => name)).toEqual(['Someone’s own', ...questions.map(({ title }) => title)]);
  for (const [at, { query }] of questions.entries()) {
    const native = { query: metabaseQuery(query).replaceAll('mcall_', 'cc_'), 'template-tags': {} };
    expect(made()[at + 1]).toMatchObject({ collection_id: 7, dataset_query: { type: 'native', database: 2, native } });
  }
  const second = await metabase.import({});
  expect(second, second.stderr).toMatchObject({ status: 0, stdout: expect.not.stringContaining('Made') });
  expect(made()).toHaveLength(questions.length + 1);
  expect(made().at(-1)?.dataset_query.native.query).toContain('mcall_v_');
  expect(made()[0]).toMatchObject({ name: 'Someone’s own', display: 'pie' });
});

it.each([
  [{ METABASE_API_KEY: 'another' }, 1, 'Metabase answered 401'],
  [{ METABASE_DATABASE: 'Other' }, 1, 'correct METABASE_DATABASE'],
  [{ METABASE_DATABASE: '' }, 2, 'Set METABASE_DATABASE'],
])('ends with a reason for %j, and without the key', async (variables, status, reason) => {
  await using metabase = await startMetabase();
  const result = await metabase.import(variables);
  expect(result).toMatchObject({ status, stderr: expect.stringContaining(reason) });
  expect(result.stdout + result.stderr).not.toContain(KEY);
  expect(metabase.cards.size).toBe(1);
});

/** Starts a server that answers the requests of the import in the shapes that Metabase documents. */
async function startMetabase() {
  const cards = new Map<number, Card>();
  const own = { type: 'native', database: 2, native: { query: 'SELECT 1' } };
  cards.set(1, { name: 'Someone’s own', display: 'pie', collection_id: 7, dataset_query: own });
  const collections: { readonly id: number | string; readonly name: string }[] = [
    { id: 'root', name: 'Our analytics' },
  ];
  const answerTo = (route: string, id: number, body: unknown): unknown => {
    if (route === 'GET /api/database')
      return {
        data: [
          { id: 1, name: 'Sample' },
          { id: 2, name: 'Calls' },
        ],
        total: 2,
      };
    if (route === 'GET /api/collection') return collections;
    if (route === 'POST /api/collection') {
      const { name } = body as { readonly name: string };
      collections.push({ id: 7, name });
      return { id: 7, name };
    }
    if (route === 'GET /api/collection/:id/items') {
      const found = [...cards].filter(([, { collection_id: of }]) => of === id);
      return { data: found.map(([cardId, { name }]) => ({ id: cardId, name, model: 'card' })), total: found.length };
    }
    const cardId = route === 'POST /api/card' ? cards.size + 1 : id;
    cards.set(cardId, body as Card);
    return { id: cardId, ...(body as Card) };
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
    const [, id = '0'] = /\/(\d+)(?=\/|$)/.exec(pathname) ?? [];
    const route = `${request.method} ${pathname.replace(/\/\d+(?=\/|$)/, '/:id')}`;
    const isAllowed = request.headers['x-api-key'] === KEY;
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
    response.end(isAllowed ? JSON.stringify(answerTo(route, Number(id), body)) : 'Unauthenticated');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    cards,
    import: (variables: Readonly<Record<string, string>>) => {
      const own = { METABASE_URL: `http://127.0.0.1:${port}/`, METABASE_API_KEY: KEY, METABASE_DATABASE: 'Calls' };
      return runProgram(process.execPath, [IMPORT], { cwd: import.meta.dirname, variables: { ...own, ...variables } });
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  return request.method === 'GET' ? null : json(request);
}
