// A receiver of dbsync's webhooks in TypeScript, for Node.js 24 or later, without dependencies:
//
//   WEBHOOK_SECRETS="$(cat secrets)" PORT=8080 node receiver.ts
//
// WEBHOOK_SECRETS holds one whsec_... secret, or several with white space between them while one replaces another.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

const secrets = (process.env.WEBHOOK_SECRETS ?? '').split(/\s+/).filter(Boolean).map(keyOf);
if (secrets.length === 0) throw new Error('Set WEBHOOK_SECRETS.');

const MAX_BYTES = 64 * 1024 * 1024;
const TOLERANCE_SECONDS = 5 * 60;

/** The ids of handled deliveries. A real receiver keeps them in its database, in the transaction that does the work. */
const handled = new Set<string>();

const server = createServer(async (request, response) => {
  const status = await take(request).catch((error) => {
    console.error(error);
    return 500;
  });
  response.writeHead(status).end();
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST, () => console.error('listening', server.address()));

/** Returns the status: 2xx only for a delivery that is safely stored, since it never comes again. */
async function take(request: IncomingMessage): Promise<number> {
  const body = await read(request);
  if (body === null) return 413;
  if (!isGenuine(request.headers, body)) return 401;
  const id = String(request.headers['webhook-id']);
  if (!handled.has(id)) handle(id, body);
  handled.add(id);
  return 204;
}

/** Does your work. A number of more digits than a double holds needs a parser that keeps them. */
function handle(id: string, body: Buffer): void {
  const { contact, transaction, state } = JSON.parse(body.toString('utf8'));
  console.log(JSON.stringify({ id, state, contact: contact.$id, fired: transaction.fired }));
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

/** Checks the signature over id, time and the bytes of the body as they came, before they are parsed. */
function isGenuine(headers: IncomingHttpHeaders, body: Buffer): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  const ageSeconds = Date.now() / 1000 - Number(timestamp);
  if (!(Math.abs(ageSeconds) <= TOLERANCE_SECONDS)) return false;
  const expected = secrets.map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest());
  return String(signatures)
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
    .some((given) => expected.some((right) => given.length === right.length && timingSafeEqual(given, right)));
}

/** Reads the body; null for one that is too long. */
async function read(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
