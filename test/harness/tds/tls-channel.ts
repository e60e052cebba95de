import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from '../certificates.ts';
import { createMessageReader, packetsOf, packetType } from './packets.ts';

export interface TlsOffer extends Certificate {
  /** Nobody gets in without. */
  readonly required?: boolean;
  /** PEM: the authority of those who get in, each with a certificate of its own; absent: nobody needs one. */
  readonly clients?: string;
}

/** The server's side of a connection's TLS. */
export interface TlsChannel {
  /** What came by the connection. */
  receive(bytes: Buffer): void;
}

/** What a TLS handshake begins with, and so a connection of TDS 8.0. */
export const TLS_HANDSHAKE = 0x16;

/**
 * `wrapped`: the records of the handshake travel as payload of PRELOGIN messages, a message a flight, those after it
 * bare (MS-TDS 2.2.6.5). After the handshake the client speaks first, so what comes next is the first bare record. TLS
 * 1.3, where the server may go on with tickets of its own, has no place in that. Else all are bare, as in TDS 8.0.
 *
 * @param onSecure gets what reads and writes in the clear. A client that does not get so far is dropped.
 */
export function createTlsChannel(
  socket: Socket,
  { certificate, key, clients }: TlsOffer,
  wrapped: boolean,
  onSecure: (clear: TLSSocket) => void,
): TlsChannel {
  const flights = createMessageReader();
  let shaking = wrapped;
  let secure = false;
  const records = duplexOver(socket, (bytes) =>
    shaking ? packetsOf(packetType.prelogin, bytes, HANDSHAKE_PACKET_BYTES) : bytes,
  );
  const server = createServer({
    cert: certificate,
    key,
    ALPNProtocols: ['tds/8.0'],
    ...(wrapped && { maxVersion: 'TLSv1.2' }),
    ...(clients !== undefined && { ca: clients, requestCert: true, rejectUnauthorized: true }),
  });
  server.on('secureConnection', (clear) => {
    secure = true;
    onSecure(clear.on('error', () => socket.destroy()));
  });
  server.on('tlsClientError', () => socket.destroy());
  server.emit('connection', records);
  return {
    receive: (bytes) => {
      if (secure) shaking = false;
      if (shaking) for (const { payload } of flights.feed(bytes)) records.push(payload);
      else records.push(bytes);
    },
  };
}

const HANDSHAKE_PACKET_BYTES = 4096;

/** Writes to the socket, a flight at a time; what it reads is pushed into it. */
function duplexOver(socket: Socket, wrap: (bytes: Buffer) => Buffer): Duplex {
  const duplex = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, written) => void socket.write(wrap(chunk), written),
    writev: (chunks, written) => void socket.write(wrap(Buffer.concat(chunks.map(({ chunk }) => chunk))), written),
    final: (ended) => void socket.end(ended),
  });
  socket.once('close', () => duplex.destroy());
  return duplex;
}
