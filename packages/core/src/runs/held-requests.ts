import type { ContactLanes } from '../concurrency/contact-lanes.js';
import { type ContactRequest, plainRequest } from '../discover/contact-request.js';

/** Contacts to ask for, each once. */
export type ContactRequests = Iterable<ContactRequest> | AsyncIterable<ContactRequest>;

/** The requests whose lanes one pass holds (R9). */
export interface HeldRequests {
  /** Takes the lanes that are free and yields their contacts; calls `onBusy` with the requests whose lane is busy. */
  take(requests: ContactRequests, onBusy: (request: ContactRequest) => void): AsyncGenerator<string>;
  of(contactId: string): ContactRequest;
  release(contactId: string): void;
  releaseAll(): void;
}

export function createHeldRequests(lanes: ContactLanes): HeldRequests {
  const held = new Map<string, ContactRequest>();
  return {
    async *take(requests, onBusy) {
      for await (const request of requests) {
        if (!lanes.tryHold(request.id)) {
          onBusy(request);
          continue;
        }
        held.set(request.id, request);
        yield request.id;
      }
    },
    of: (contactId) => held.get(contactId) ?? plainRequest(contactId),
    release(contactId) {
      if (held.delete(contactId)) lanes.release(contactId);
    },
    releaseAll() {
      for (const contactId of held.keys()) lanes.release(contactId);
    },
  };
}
