import type { CreateSink, EndpointSink, Message, OptionValue } from '@dbsync/core/contract';
import { type EndpointSubject, receivedMessage, sampleMessage } from '@dbsync/testkit';
import { createTokenIdentity, type SenderIdentity } from './sender-identity.ts';
import { type ReceivedRequest, type ReceiverOptions, startReceiver } from './webhook-receiver.ts';
import { webhookTarget } from './webhook-target.ts';

const NOT_TAKEN = 'a receiver that does not take this';
const REFUSED = 'a receiver refuses this for good';

/**
 * Returns the webhook sink under test, each case with a receiver of its own, which answers 422 to messages that it does
 * not take.
 */
export function webhookSubject(
  createSink: CreateSink,
  receiverOptions: ReceiverOptions = {},
  sinkOptions: Readonly<Record<string, OptionValue>> = {},
  createIdentity: () => SenderIdentity = createTokenIdentity,
): EndpointSubject {
  return {
    createTarget: async () => {
      const identity = createIdentity();
      let isDown = false;
      const downRequests = new Set<ReceivedRequest>();
      const receiver = await startReceiver({
        ...receiverOptions,
        tls: { ...receiverOptions.tls, ...identity.demand() },
      });
      receiver.behave((response, request) => {
        if (isDown) downRequests.add(request);
        response.statusCode = isDown ? 503 : identity.isKnown(request) ? statusOf(request) : 401;
        response.end(response.statusCode === REFUSING_STATUS ? 'no such contact' : '');
      });
      const targetAt = (port: number) => {
        const url = new URL('/hooks/calls?key=value', receiver.origin);
        url.port = String(port);
        return webhookTarget(url.href, { refused: String(REFUSING_STATUS), ...sinkOptions, ...identity.options });
      };
      const createSinkAt = (port: number): EndpointSink => {
        const sink = createSink(targetAt(port));
        if (sink.kind !== 'endpoint') throw new TypeError('The webhook sink is an endpoint');
        return sink;
      };
      const { address, options } = targetAt(receiver.port);
      return {
        createSink: () => createSinkAt(receiver.port),
        received: async () =>
          receiver.requests
            .filter((request) => !downRequests.has(request) && isTaken(request) && identity.isKnown(request))
            .map(({ headers, body }) => receivedMessage(String(headers['webhook-id']), body)),
        remove: async () => {
          await receiver.close();
          identity.remove();
        },
        renewIdentity: async () => {
          identity.renew();
          receiver.renew({ ...receiverOptions.tls, ...identity.demand() });
          for (const socket of receiver.sockets) socket.destroy();
        },
        plugin: { entry: import.meta.resolve('@dbsync/sink-webhook'), address, options },
        server: { host: '127.0.0.1', port: receiver.port, createSinkAt },
        refusedMessage: (contactId) => messageWith(contactId, NOT_TAKEN),
        finallyRefusedMessage: (contactId) => messageWith(contactId, REFUSED),
        setDown: async (down) => {
          isDown = down;
        },
      };
    },
  };
}

const REFUSING_STATUS = 409;

function messageWith(contactId: string, $comment: string): Message {
  return sampleMessage(contactId, { contact: { $id: contactId, $comment } });
}

function statusOf(request: ReceivedRequest): number {
  if (isTaken(request)) return 204;
  return request.body.includes(REFUSED) ? REFUSING_STATUS : 422;
}

function isTaken({ body }: ReceivedRequest): boolean {
  return !body.includes(NOT_TAKEN) && !body.includes(REFUSED);
}
