import type { EndpointSink, Fields, Message } from '@dbsync/core/contract';
import type { Need } from './conformance-case.js';
import type { PluginInChild } from './store-subject.js';

/** An endpoint sink under test. */
export interface EndpointSubject {
  /** Creates an empty target, for one case alone. */
  createTarget(): Promise<EndpointTarget>;
}

/** The target of the sinks of one case. The case reads it without the sinks. */
export interface EndpointTarget {
  /** Creates one more sink on this target, not opened yet. A case closes all that it asked for. */
  createSink(): EndpointSink;
  /**
   * Returns all messages that the target has taken so far, in order, as any other program would see them: never through
   * the sink. A message that it took twice is there twice, unless the target itself takes an id only once.
   */
  received(): Promise<readonly ReceivedMessage[]>;
  /** Removes the target. All sinks are closed by then. */
  remove(): Promise<void>;

  /** For cases that need `process`: the same target from another process. */
  readonly plugin?: PluginInChild;
  /** For cases that need `network`: the target's server, and a sink that reaches it by another port. */
  readonly server?: EndpointBehindProxy;
  /** For cases that need `refusal`: returns a message that the target does not take, whatever it contains. */
  refusedMessage?(contactId: string): Message;
  /** For cases that need `final-refusal`: returns a message that the target refuses for good, with an answer. */
  finallyRefusedMessage?(contactId: string): Message;
  /** For cases that need `outage`: makes the target answer every request that it is down, until it is up again. */
  setDown?(isDown: boolean): Promise<void>;
  /**
   * For cases that need `renewal`: from now on the target knows its senders by another certificate or token alone, and the
   * files that the sinks of this target were created with hold it. Connections that were made before are broken.
   */
  renewIdentity?(): Promise<void>;
}

/** The received part of a message: {@link receivedMessage} reads it from JSON. */
export interface ReceivedMessage {
  /** The id that the target can see, such as in a header. */
  readonly id: string;
  readonly contact: Fields;
  readonly transaction: Fields;
  readonly state: string;
}

/** A server that can be reached through a proxy of the testkit, which breaks connections. */
export interface EndpointBehindProxy {
  readonly host: string;
  readonly port: number;
  /** Creates a sink that connects to this port of the loopback instead. */
  createSinkAt(port: number): EndpointSink;
}

/** True where the target can do what the case needs. */
export function meetsNeed(target: EndpointTarget, need: Need): boolean {
  if (need === 'process') return target.plugin !== undefined;
  if (need === 'network') return target.server !== undefined;
  if (need === 'final-refusal') return target.finallyRefusedMessage !== undefined;
  if (need === 'outage') return target.setDown !== undefined;
  if (need === 'renewal') return target.renewIdentity !== undefined;
  return need === 'refusal' && target.refusedMessage !== undefined;
}

/** Returns the same subject with each sink wrapped, as by core's guard: `wrapEndpoints(subject, guardEndpoint)`. */
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
