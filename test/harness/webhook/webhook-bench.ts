import type { CreateSink, EndpointSink, Verdict } from '@dbsync/core/contract';
import { type Receiver, type ReceiverOptions, startReceiver } from './webhook-receiver.ts';
import { message, webhookTarget } from './webhook-target.ts';

/** The receivers and the open sinks of one test. */
export interface WebhookBench {
  receive(options?: ReceiverOptions): Promise<Receiver>;
  open(...target: Parameters<typeof webhookTarget>): Promise<EndpointSink>;
  /** Opens a new sink; the function delivers one message a call. */
  deliverTo(...target: Parameters<typeof webhookTarget>): Promise<(id?: string) => Promise<Verdict | undefined>>;
  /** Closes all of them, and all that was added, the last one first. */
  closeAll(): Promise<void>;
  closeLater(close: () => unknown): void;
}

export function createWebhookBench(createSink: CreateSink): WebhookBench {
  const { signal } = new AbortController();
  const closing: (() => unknown)[] = [];
  const open = async (...target: Parameters<typeof webhookTarget>) => {
    const sink = createSink(webhookTarget(...target));
    if (sink.kind !== 'endpoint') throw new Error('It should be an endpoint.');
    await sink.open({ signal });
    closing.push(sink.close);
    return sink;
  };
  return {
    open,
    async receive(options) {
      const receiver = await startReceiver(options);
      closing.push(receiver.close);
      return receiver;
    },
    async deliverTo(...target) {
      const sink = await open(...target);
      return async (id = 'msg_1') => (await sink.deliver([message(id)], { signal }))[0];
    },
    async closeAll() {
      for (const close of closing.splice(0).reverse()) await close();
    },
    closeLater: (close) => closing.push(close),
  };
}
