import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { packetsOf, packetType } from './packets.ts';
import type { Reply } from './replies.ts';
import type { Session, Work } from './session.ts';
import { DEFAULT_PACKET_BYTES } from './sign-in.ts';

/** All replies but silence. */
export type Spoken = Exclude<Reply, { kind: 'hang' }>;

/** The server's half of the talk. Nothing is said any more once the connection has ended. */
export interface Speaker {
  /** Before the login, in packets of the size that all know. */
  introduce(payload: Buffer): void;
  /** A whole response. */
  say(payload: Buffer): void;
  /** The response to a request: as the reply says, or with null as a server answers of itself. */
  answer(reply: Spoken | null, work: Work): void;
  /** Speaks by this from now on. */
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
  const packets = (payload: Buffer): Buffer => packetsOf(packetType.response, payload, session.packetBytes);

  return {
    introduce: (payload) => write(packetsOf(packetType.response, payload, DEFAULT_PACKET_BYTES)),
    say: (payload) => write(packets(payload)),
    answer: (reply, { respond }) => {
      if (reply?.kind === 'wire') write(reply.bytes);
      else if (reply?.kind === 'drop' && reply.when === 'before') socket.destroy();
      else {
        const { bytes, last } = respond(reply?.parts ?? null);
        const response = packets(bytes);
        if (reply?.kind === 'drop' && reply.when === 'midway') writeLast(firstHalf(response));
        else if (reply?.kind === 'drop' || last) writeLast(response);
        else write(response);
      }
    },
    moveTo: (next) => {
      stream = next;
    },
  };
}

/** Ends inside a packet. */
function firstHalf(response: Buffer): Buffer {
  return response.subarray(0, Math.ceil(response.length / 2));
}
