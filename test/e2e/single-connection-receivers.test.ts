import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSink } from '@dbsync/sink-webhook';
import { afterEach, describe, expect, it } from 'vitest';
import { hasCommand } from '../harness/servers/debian-tools.ts';
import { freePort } from '../harness/servers/kept-server.ts';
import { createWebhookBench } from '../harness/webhook/webhook-bench.ts';

const IDS = Array.from({ length: 16 }, (_, nr) => `msg_${nr}`);
const bench = createWebhookBench(createSink);
afterEach(bench.closeAll);

/** Starts a program that serves one connection at a time. Resolves when its output has that text. */
async function start(command: string, args: readonly string[], ready: RegExp): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  bench.closeLater(async () => {
    child.kill();
    await ended;
  });
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) {
    const found = ready.exec(line);
    if (found !== null) {
      child.stderr.resume();
      return found[1] ?? '';
    }
  }
  throw new Error(`${command} ended before it listened`);
}

const PYTHON = `
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        self.send_response(200)
        self.send_header('content-length', '0')
        self.end_headers()
    def log_message(self, *args): pass
server = HTTPServer(('127.0.0.1', 0), Handler)
print('listening on', server.server_port, file=sys.stderr, flush=True)
server.serve_forever()
`;

const modes = [
  ['as connections are kept', {}],
  ['without kept connections', { 'keep-alive': false }],
] as const;

describe.runIf(hasCommand('python3'))('http.server of Python, which serves one connection at a time', () => {
  it.each(modes)('gets all deliveries %s', async (_, options) => {
    const port = await start('python3', ['-c', PYTHON], /^listening on (\d+)$/);
    const deliver = await bench.deliverTo(`http://127.0.0.1:${port}/`, options);
    expect(await Promise.all(IDS.map(deliver))).toEqual(IDS.map(() => ({ verdict: 'accepted' })));
  });
});

/** Few machines have PHP: without it the line `NOT RUN` says so, and no test fails. */
if (hasCommand('php')) {
  describe('the server of PHP for development, which serves one request at a time', () => {
    it.each(modes)('gets all deliveries %s', async (_, options) => {
      const folder = mkdtempSync(join(tmpdir(), 'dbsync-php-'));
      bench.closeLater(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'receiver.php');
      writeFileSync(
        file,
        '<?php json_decode(file_get_contents("php://input")) ? http_response_code(204) : http_response_code(400);',
      );
      const port = await freePort();
      await start('php', ['-S', `127.0.0.1:${port}`, file], /Development Server .* started/);
      const deliver = await bench.deliverTo(`http://127.0.0.1:${port}/`, options);
      expect(await Promise.all(IDS.map(deliver))).toEqual(IDS.map(() => ({ verdict: 'accepted' })));
    });
  });
}
