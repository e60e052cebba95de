import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startRawReceiver } from '../../../test/harness/webhook/raw-receiver.ts';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import { createSink } from '../src/index.ts';

const ACCEPTED = { verdict: 'accepted' };
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const IDS = Array.from({ length: 16 }, (_, nr) => `msg_${nr}`);

const bench = createWebhookBench(createSink);
afterEach(bench.closeAll);

/** Starts a receiver that takes the next connection only when the one before has ended. */
async function startOneAtATime(target: string) {
  const waiting: Socket[] = [];
  let served: Socket | null = null;
  const serveNext = () => {
    served = waiting.shift() ?? null;
    if (served === null) return;
    const upstream = net.connect(Number(new URL(target).port), '127.0.0.1');
    served.pipe(upstream).pipe(served);
    served
      .on('error', () => upstream.destroy())
      .once('close', () => {
        upstream.destroy();
        serveNext();
      });
    upstream.on('error', () => {});
  };
  const server = net.createServer((socket) => {
    waiting.push(socket);
    if (served === null) serveNext();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('brings all deliveries to a receiver that serves one connection at a time', async () => {
  const receiver = await startRawReceiver((socket) => socket.write(ANSWER));
  bench.closeLater(receiver.close);
  const deliver = await bench.deliverTo(await startOneAtATime(receiver.origin), { timeout: 10 });
  expect(await Promise.all(IDS.map(deliver))).toEqual(IDS.map(() => ACCEPTED));
  expect(receiver.ids.toSorted()).toEqual(IDS.toSorted());
});

it('keeps no connection where that is not wanted', async () => {
  const receiver = await startRawReceiver((socket) => socket.write(ANSWER));
  bench.closeLater(receiver.close);
  const options = { timeout: 10, 'keep-alive': false };
  const deliver = await bench.deliverTo(await startOneAtATime(receiver.origin), options);
  expect(await Promise.all(IDS.map(deliver))).toEqual(IDS.map(() => ACCEPTED));
  expect(await deliver('msg_last')).toEqual(ACCEPTED);
  expect(receiver.connections).toBe(17);
  for (const head of receiver.heads) expect(head).toMatch(/^connection: close$/m);
});
