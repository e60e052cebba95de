import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Certificate } from '../certificates.ts';
import { createMessageReader, packetsOf, packetType } from './packets.ts';

/** A connection's TLS, the server's side of it. */
export interface TlsChannel {
  /** What came by the connection. */
  receive(bytes: Buffer): void;
  /** Reads and writes in the clear. */
  readonly clear: TLSSocket;
}

/** Packets that a handshake's records may take. */
const HANDSHAKE_PACKET_BYTES = 4096;

/**
 * The records of the handshake travel as payload of PRELOGIN messages, a message a flight; those after it travel bare
 * (MS-TDS 2.2.6.5 and 3.3.5.2). The client is the first to speak after the handshake, so its first bare record is the
 * sign. TLS 1.3, where the server may go on with tickets of its own, has no place in TDS 7.
 */
export function createTlsChannel(socket: Socket, { certificate, key }: Certificate): TlsChannel {
  const messages = createMessageReader();
  let shaking = true;
  const send = (records: Buffer, sent: (error?: Error | null) => void): void => {
    const bytes = shaking ? packetsOf(packetType.prelogin, records, HANDSHAKE_PACKET_BYTES) : records;
    socket.write(bytes, sent);
  };
  const records = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, sent) => send(chunk, sent),
    writev: (chunks, sent) => send(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), sent),
    final: (ended) => {
      socket.end();
      ended();
    },
  });
  socket.once('close', () => records.destroy());
  const secureContext = createSecureContext({ cert: certificate, key, maxVersion: 'TLSv1.2' });
  return {
    receive: (bytes) => {
      if (shaking && bytes[0] !== packetType.prelogin) shaking = false;
      if (shaking) for (const { payload } of messages.feed(bytes)) records.push(payload);
      else records.push(bytes);
    },
    clear: new TLSSocket(records, { isServer: true, secureContext }),
  };
}
