// POSTs bodies from memory and stores nothing. Arguments: PORT COUNT BYTES CONCURRENCY
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

const [port = 0, count = 0, bytes = 0, concurrency = 0] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const body = Buffer.alloc(bytes, 'x');
let left = count;

async function post(): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': bytes };
  const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/', agent, headers }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
}

async function send(): Promise<void> {
  while (left-- > 0) await post();
}

await Promise.all(Array.from({ length: concurrency }, send));
agent.destroy();
