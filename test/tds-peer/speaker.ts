import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { packetsOf, packetType } from './packets.ts';
import type { Reply } from './replies.ts';
import type { Response, Session, Work } from './session.ts';
import { DEFAULT_PACKET_BYTES } from './sign-in.ts';

/** All replies except silence. */
export type Spoken = Exclude<Reply, { kind: 'hang' }>;

/** Writes the server's side of the connection. Writes nothing any more once the connection has ended. */
export interface Speaker {
  /** Writes before the login, in packets of the default size. */
  introduce(payload: Buffer): void;
  /** Writes a whole response. */
  say(payload: Buffer): void;
  /**
   * Writes the response to a request: the reply's, or with null the server's own.
   *
   * @param cancelled lets the rest of a stalled answer come
   */
  answer(reply: Spoken | null, work: Work, cancelled: Promise<unknown>): Promise<void>;
  /** Writes to this stream from now on. */
  moveTo(stream: Duplex): void;
}

export function createSpeaker(socket: Socket, session: Session): Speaker {
  let stream: Duplex = socket;
  const write = (bytes: Buffer): void => {
    if (stream.writable) stream.write(bytes);
  };
  const writeLast = (bytes: Buffer): void => {
    if (stream.writable) stream.write(bytes, () => socket.destroy());
  };
  const packets = (payload: Buffer, whole = true): Buffer =>
    packetsOf(packetType.response, payload, session.packetBytes, whole);

  const stall = async (payload: Buffer, cancelled: Promise<unknown>): Promise<void> => {
    const half = Math.ceil(payload.length / 2);
    write(packets(payload.subarray(0, half), false));
    await cancelled;
    write(packets(payload.subarray(half)));
  };
  const drop = (when: 'midway' | 'after', payload: Buffer): void => {
    const bytes = packets(payload);
    writeLast(when === 'after' ? bytes : bytes.subarray(0, Math.ceil(bytes.length / 2)));
  };
  const end = ({ bytes, last }: Response): void => (last ? writeLast : write)(packets(bytes));

  return {
    introduce: (payload) => write(packetsOf(packetType.response, payload, DEFAULT_PACKET_BYTES)),
    say: (payload) => write(packets(payload)),
    answer: async (reply, { respond }, cancelled) => {
      if (reply?.kind === 'wire') write(reply.bytes);
      else if (reply?.kind === 'stall') await stall(respond(reply.parts).bytes, cancelled);
      else if (reply?.kind !== 'drop') end(respond(reply?.parts ?? null));
      else if (reply.when === 'before') socket.destroy();
      else drop(reply.when, respond(reply.parts).bytes);
    },
    moveTo: (next) => {
      stream = next;
    },
  };
}
