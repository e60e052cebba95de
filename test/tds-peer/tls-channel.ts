import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import { createMessageReader, packetsOf, packetType } from './packets.ts';

export interface TlsOffer {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** True: every client must use it. */
  readonly required?: boolean;
  /** The authority of client certificates in PEM, which clients must have; absent: none is needed. */
  readonly clients?: string;
}

/** The server's side of a connection's TLS. */
export interface TlsChannel {
  /** Takes bytes of the connection. */
  receive(bytes: Buffer): void;
}

/** The first byte of a TLS handshake, and so of a connection of TDS 8.0. */
export const TLS_HANDSHAKE = 0x16;

/**
 * Creates a channel. `wrapped`: the records of the handshake are the payload of PRELOGIN messages, a message for each
 * flight; later records are bare (MS-TDS 2.2.6.5). After the handshake the client sends first, so the next record is
 * the first bare one. TLS
 * 1.3, where the server may send tickets, does not fit in that. Else all are bare, as in TDS 8.0.
 *
 * @param onSecure called with the stream of plain bytes. A client whose handshake fails is dropped.
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

/** Writes to the socket, a flight at a time; received bytes are pushed into it. */
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
