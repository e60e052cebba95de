import { expect, it } from 'vitest';
import type { EndpointSink } from '../contract/index.js';
import { createSink, remoteEndpointBreakages } from './bad-endpoints/remote-endpoints.js';
import type { EndpointSubject } from './endpoint-subject.js';
import { createMemoryInbox } from './memory-inbox.js';
import { startRemoteInboxServer } from './remote-memory/inbox-server.js';
import { failedCases } from './run-cases.js';
import { endpointCases, runEndpointConformance } from './run-endpoint-conformance.js';

const cases = endpointCases.filter(({ needs }) => needs === 'process' || needs === 'network');
/** What the child processes import is what was built. */
const entry = new URL('../../dist/testkit/bad-endpoints/remote-endpoints.js', import.meta.url).href;

it('a correct endpoint passes every case that needs a network or a process', async () => {
  const { passed } = await runEndpointConformance(remoteSubject('nothing'), cases);
  expect(passed).toHaveLength(cases.length);
});

it('has a bad endpoint for each case', () => {
  expect(Object.keys(remoteEndpointBreakages).sort()).toEqual(cases.map(({ name }) => name).sort());
});

it.each(Object.keys(remoteEndpointBreakages))('an endpoint fails only: %s', async (name) => {
  const needs = cases.find((one) => one.name === name)?.needs;
  const alike = cases.filter((one) => one.needs === needs);
  expect(await failedCases(remoteSubject(name), alike)).toEqual([name]);
});

function remoteSubject(breaks: string): EndpointSubject {
  return {
    createTarget: async () => {
      const inbox = createMemoryInbox();
      const server = await startRemoteInboxServer(inbox);
      const options = { breaks };
      const addressOf = (port: number) => {
        return { scheme: 'memory', user: null, password: null, host: server.host, port, path: '' };
      };
      const createSinkAt = (port: number): EndpointSink => {
        const sink = createSink({ address: addressOf(port), options, notify: () => {} });
        if (sink.kind !== 'endpoint') throw new TypeError('it should be an endpoint');
        return sink;
      };
      return {
        createSink: () => createSinkAt(server.port),
        received: async () => inbox.received,
        remove: () => server.close(),
        server: { ...server, createSinkAt },
        plugin: { entry, address: addressOf(server.port), options },
      };
    },
  };
}
