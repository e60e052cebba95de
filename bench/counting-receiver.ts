// A web service in its own process that accepts every request. Argument: COUNT Prints its port, and then the time of
// the requests, from the first one's arrival to the end of the last one.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const expected = Number(process.argv[2]);
let requests = 0;
let bytes = 0;
let firstAt = 0;

const server = createServer((request, response) => {
  if (firstAt === 0) firstAt = performance.now();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    response.writeHead(204).end();
    requests++;
    if (requests === expected) process.send?.({ seconds: (performance.now() - firstAt) / 1000, bytes });
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
