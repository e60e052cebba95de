import type { EndpointSink } from '@dbsync/core/contract';
import type { EndpointSubject } from '../../packages/testkit/src/endpoint-subject.ts';
import { createMemoryEndpoint } from '../../packages/testkit/src/memory/memory-endpoint.ts';
import {
  createMemoryInbox,
  type MemoryInbox,
  NOT_TAKEN_MARK,
  REFUSED_MARK,
} from '../../packages/testkit/src/memory/memory-inbox.ts';
import { sampleMessage } from '../../packages/testkit/src/samples/sample-messages.ts';

/** Returns the overrides that break a promise; all other members stay correct. */
export type EndpointBreakage = (good: EndpointSink, inbox: MemoryInbox) => Partial<EndpointSink>;

/** Returns the memory endpoint under test: correct, or with a promise broken. */
export function memoryEndpointSubject(breakage: EndpointBreakage = () => ({})): EndpointSubject {
  return {
    createTarget: async () => {
      const inbox = createMemoryInbox();
      return {
        createSink: () => {
          const good = createMemoryEndpoint(inbox);
          return { ...good, ...breakage(good, inbox) };
        },
        received: async () => inbox.received,
        remove: async () => {},
        renewIdentity: async () => inbox.renewIdentity(),
        setDown: async (isDown) => inbox.setDown(isDown),
        finallyRefusedMessage: (contactId) => sampleMessage(contactId + REFUSED_MARK),
        refusedMessage: (contactId) => sampleMessage(contactId + NOT_TAKEN_MARK),
      };
    },
  };
}
