// A web service in its own process that treats its callers as real ones do. Arguments: PORT FILE SEED well|unruly
// Accepted deliveries are in FILE, on the disk, before the caller gets the answer.
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { type Behaviour, startReceiver } from '../harness/webhook/webhook-receiver.ts';
import { isRefused, REFUSING_STATUS } from './refused-contacts.ts';
import { seededRandom } from './seeded-random.ts';

const [port = '', file = '', seed = '', mood = ''] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const descriptor = openSync(file, 'a');

function note(id: unknown, body: string, end: 'answered' | 'lost'): void {
  writeSync(descriptor, `${JSON.stringify({ id, end, body })}\n`);
  fsyncSync(descriptor);
}

const accept: Behaviour = (response, { headers, body }) => {
  note(headers['webhook-id'], body, 'answered');
  response.end('{"ok":true}');
};

const refuseWith =
  (status: number, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers);
    response.end('not now');
  };

const hang: Behaviour = () => {};

/** Accepts the delivery, but breaks the connection before the answer. */
const acceptAndBreak: Behaviour = (response, { headers, body }) => {
  note(headers['webhook-id'], body, 'lost');
  response.socket?.destroy();
};

const answerHalf: Behaviour = (response, { headers, body }) => {
  note(headers['webhook-id'], body, 'lost');
  response.socket?.write('HTTP/1.1 200 O', () => response.socket?.destroy());
};

const MOODS: readonly (readonly [share: number, Behaviour])[] = [
  [0.08, refuseWith(500)],
  [0.04, refuseWith(429, { 'retry-after': '1' })],
  [0.01, hang],
  [0.04, acceptAndBreak],
  [0.03, answerHalf],
];

function moodOf(): Behaviour {
  let rest = random();
  for (const [share, behaviour] of MOODS) {
    if (rest < share) return behaviour;
    rest -= share;
  }
  return accept;
}

const receiver = await startReceiver({ port: Number(port) });
receiver.behave((response, request) => {
  const { contact } = JSON.parse(request.body) as { readonly contact: { readonly $id: string } };
  const behaviour = mood === 'well' ? accept : moodOf();
  (isRefused(contact.$id) ? refuseWith(REFUSING_STATUS) : behaviour)(response, request);
});
process.send?.({ port: receiver.port });
process.on('disconnect', () => process.exit());
