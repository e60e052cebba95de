import type { EndpointSink, Fields, Message } from '@dbsync/core/contract';
import type { Need } from './conformance-case.js';
import type { PluginInChild } from './store-subject.js';

/** An endpoint sink under test. */
export interface EndpointSubject {
  /** An empty target, for one case alone. */
  createTarget(): Promise<EndpointTarget>;
}

/** Where the sinks of one case deliver to, and how the case looks at it past them. */
export interface EndpointTarget {
  /** One more sink on this target, not opened yet. A case closes all that it asked for. */
  createSink(): EndpointSink;
  /**
   * All that the target has taken so far, in the order it did, as any other program would see it: never through the sink.
   * A message that it took twice stands there twice, unless the target itself takes an id only once.
   */
  received(): Promise<readonly ReceivedMessage[]>;
  /** Takes the target away. All sinks are closed by then. */
  remove(): Promise<void>;

  /** For cases that need `process`: the same target from another process. */
  readonly plugin?: PluginInChild;
  /** For cases that need `network`: the target's server, and a sink that reaches it by another port. */
  readonly server?: EndpointBehindProxy;
  /** For cases that need `refusal`: a message that the target does not take, whatever is in it. */
  refusedMessage?(contactId: string): Message;
  /** For cases that need `final-refusal`: a message that the target refuses for good, with an answer. */
  finallyRefusedMessage?(contactId: string): Message;
  /** For cases that need `outage`: the target answers everything with that it is down, until it is well again. */
  setDown?(isDown: boolean): Promise<void>;
  /**
   * For cases that need `renewal`: from now on the target knows its senders by another certificate or token alone, and the
   * files that the sinks of this target were created with hold it. Connections that were made before are broken.
   */
  renewIdentity?(): Promise<void>;
}

/** What has arrived of a message: {@link receivedMessage} reads it from JSON. */
export interface ReceivedMessage {
  /** As the target can see it, such as in a header. */
  readonly id: string;
  readonly contact: Fields;
  readonly transaction: Fields;
  readonly state: string;
}

/** A server that can be reached through a proxy of the testkit, which breaks connections. */
export interface EndpointBehindProxy {
  readonly host: string;
  readonly port: number;
  /** A sink that connects to this port of the loopback instead. */
  createSinkAt(port: number): EndpointSink;
}

/** Whether the target can do what the case needs. */
export function meetsNeed(target: EndpointTarget, need: Need): boolean {
  if (need === 'process') return target.plugin !== undefined;
  if (need === 'network') return target.server !== undefined;
  if (need === 'final-refusal') return target.finallyRefusedMessage !== undefined;
  if (need === 'outage') return target.setDown !== undefined;
  if (need === 'renewal') return target.renewIdentity !== undefined;
  return need === 'refusal' && target.refusedMessage !== undefined;
}

/** The same subject with each sink wrapped, as by core's guard: `wrapEndpoints(subject, guardEndpoint)`. */
export function wrapEndpoints(subject: EndpointSubject, wrap: (sink: EndpointSink) => EndpointSink): EndpointSubject {
  return {
    createTarget: async () => {
      const target = await subject.createTarget();
      const { server } = target;
      return {
        ...target,
        createSink: () => wrap(target.createSink()),
        ...(server && { server: { ...server, createSinkAt: (port: number) => wrap(server.createSinkAt(port)) } }),
      };
    },
  };
}
