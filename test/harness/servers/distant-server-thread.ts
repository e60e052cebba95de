// The thread of distant-server.ts. While it waits, the system takes two connections for it and drops all others.
import { type AddressInfo, connect, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { target, gate } = workerData as { readonly target: number; readonly gate: Int32Array };

const server = createServer((client) => {
  const upstream = connect(target, '127.0.0.1');
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => {}).once('close', () => other.destroy());
    one.pipe(other);
  }
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
parentPort?.on('message', (ms: number) => {
  parentPort?.postMessage('deaf');
  Atomics.wait(gate, 0, 0, ms);
});
