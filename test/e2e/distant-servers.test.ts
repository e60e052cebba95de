import { connect, createServer, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { createHttpTransport, guardEndpoint, guardStore } from '@dbsync/core';
import type { CreateSink } from '@dbsync/core/contract';
import { createSink as createMssql } from '@dbsync/sink-mssql';
import { createSink as createMysql } from '@dbsync/sink-mysql';
import { createSink as createPostgres } from '@dbsync/sink-postgres';
import { createSink as createWebhook } from '@dbsync/sink-webhook';
import { expect, it, onTestFinished } from 'vitest';
import { startMssqlPeer } from '../harness/mssql-peer.ts';
import { startScriptedApi } from '../harness/scripted-api.ts';
import { type DistantServer, nameLeadsTo, startDistantServer } from '../harness/servers/distant-server.ts';
import { serverTarget } from '../harness/servers/server-target.ts';
import { ENGINES, openTargets } from '../harness/targets.ts';
import { startReceiver } from '../harness/webhook/webhook-receiver.ts';
import { message, webhookTarget } from '../harness/webhook/webhook-target.ts';

const { signal } = new AbortController();
const NAME = 'distant.test';
const NODE_DEFAULT_MS = 250;
const FAR = { address: '127.0.0.1', family: 4 };
const NOWHERE = { address: '::1', family: 6 };

/** A way to connect to a server by its name. */
interface Connector {
  /** Starts the real server; returns its port. */
  start(): Promise<number>;
  /** Fails unless a server of that name was reached. */
  reach(port: number): Promise<void>;
}

const limits = { idleMs: 30_000, deadlineMs: 30_000, maxAnswerBytes: 1_000 };
const api: Connector = {
  start: async () => {
    const server = await startScriptedApi(() => ({ respond: (response) => response.end('[]') }));
    onTestFinished(() => server[Symbol.asyncDispose]());
    return Number(new URL(server.url).port);
  },
  reach: async (port) => {
    const transport = createHttpTransport({ apiUrl: `http://${NAME}:${port}`, campaign: 'C', token: 't', ...limits });
    onTestFinished(() => transport.close());
    expect(await transport.send({ path: 'fields/list', query: {} }, signal)).toMatchObject({ status: 200 });
  },
};

const webhook: Connector = {
  start: async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    return receiver.port;
  },
  reach: async (port) => {
    const sink = createWebhook(webhookTarget(`http://${NAME}:${port}`));
    if (sink.kind !== 'endpoint') throw new Error('no endpoint');
    const endpoint = guardEndpoint(sink);
    await endpoint.open({ signal });
    onTestFinished(() => endpoint.close());
    expect(await endpoint.deliver([message('msg_1')], { signal })).toEqual([{ verdict: 'accepted' }]);
  },
};

/**
 * Returns the connector of a store. @param query switches encryption off @param start resolves to the URL of a database
 */
function store(createSink: CreateSink, query: string, start: () => Promise<string>): Connector {
  let url = new URL('none:');
  return {
    start: async () => {
      url = new URL(await start());
      return Number(url.port);
    },
    reach: async (port) => {
      const sink = createSink(serverTarget(`${url.href.replace(/@[^/]+/, `@${NAME}:${port}`)}?${query}`));
      if (sink.kind !== 'store') throw new Error('no store');
      const guarded = guardStore(sink);
      await guarded.open({ signal });
      await guarded.close();
    },
  };
}

const ofEngine = (engine: 'postgres' | 'mariadb') => async () => {
  const targets = await openTargets(engine);
  onTestFinished(() => targets[Symbol.asyncDispose]());
  return (await targets.create()).url;
};
const mssql = store(createMssql, 'encrypt=disable', async () => {
  const peer = await startMssqlPeer();
  onTestFinished(() => peer[Symbol.asyncDispose]());
  return `sqlserver://u:secret-canary@127.0.0.1:${peer.port}/shop`;
});
const CONNECTORS: readonly (readonly [string, Connector])[] = [
  ['the API', api],
  ['a receiver of webhooks', webhook],
  ['PostgreSQL', store(createPostgres, 'sslmode=disable', ofEngine('postgres'))],
  ...(ENGINES.includes('mariadb')
    ? [['MariaDB', store(createMysql, 'ssl-mode=disabled', ofEngine('mariadb'))] as const]
    : []),
  ['SQL Server', mssql],
];

async function distantWayTo(connector: Connector): Promise<DistantServer> {
  const distant = await startDistantServer(await connector.start());
  onTestFinished(() => distant[Symbol.asyncDispose]());
  setDefaultAutoSelectFamilyAttemptTimeout(NODE_DEFAULT_MS);
  return distant;
}

it.each(CONNECTORS)(
  '%s is reached over a second of distance, though its name has a dead address too',
  async (_, connector) => {
    const distant = await distantWayTo(connector);
    using _name = nameLeadsTo(NAME, [FAR, NOWHERE]);
    await distant.beDeaf(700);
    await connector.reach(distant.port);
  },
);

it('SQL Server is reached though the first address of its name swallows all packets', async () => {
  const distant = await distantWayTo(mssql);
  using _name = nameLeadsTo(NAME, [FAR, { address: '127.0.0.2', family: 4 }]);
  const live = createServer((client) => client.pipe(connect(distant.target, '127.0.0.1')).pipe(client));
  await new Promise<void>((resolve) => live.listen(distant.port, '127.0.0.2', resolve));
  onTestFinished(() => void live.close());
  await distant.beDeaf(Number.POSITIVE_INFINITY);
  await mssql.reach(distant.port);
});
