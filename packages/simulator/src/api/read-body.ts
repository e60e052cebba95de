import type { IncomingMessage } from 'node:http';
import { BadRequest } from './query.js';

const MAX_BYTES = 8 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_BYTES) throw new BadRequest(413, 'The body is too long.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
