import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const examples = join(import.meta.dirname, '../../../examples/webhook-receivers');

/** A receiver of the examples, in its own process. */
export interface ExampleReceiver {
  readonly url: string;
  /**
   * Returns the ids of the deliveries that it took for new, each as often as it did, once it has taken that last one.
   */
  handledUpTo(lastId: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export function startTypeScriptReceiver(secrets: readonly string[]): Promise<ExampleReceiver> {
  return startProgram(process.execPath, [join(examples, 'receiver.ts')], secrets);
}

export function startPythonReceiver(secrets: readonly string[]): Promise<ExampleReceiver> {
  return startProgram('python3', [join(examples, 'receiver.py')], secrets);
}

/** Starts a program that listens by itself: it prints its address on stderr, and each new delivery on stdout. */
async function startProgram(command: string, args: readonly string[], secrets: readonly string[]) {
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', WEBHOOK_SECRETS: secrets.join('\n') };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const handled: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => handled.push(JSON.parse(line).id));
  const port = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, found] = /listening[^\n]*?(?:port: |, )(\d{2,5})\b/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const ended = once(child, 'close');
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    handledUpTo: async (lastId: string) => {
      while (!handled.includes(lastId)) await once(lines, 'line');
      return [...handled];
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** Starts a program that a web server runs for each request. */
export async function startShellReceiver(secrets: readonly string[]): Promise<ExampleReceiver> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-receiver-'));
  const secretFile = join(folder, 'secrets');
  writeFileSync(secretFile, secrets.join('\n'));
  const spool = mkdtempSync(join(folder, 'spool-'));
  const own = { WEBHOOK_SECRET_FILE: secretFile, WEBHOOK_SPOOL: spool, PATH: process.env.PATH };
  const server = createServer((request, response) => {
    const child = spawn('sh', [join(examples, 'receiver.sh')], { env: { ...own, ...variablesOf(request) } });
    child.stdin.on('error', () => child.kill());
    request.pipe(child.stdin);
    child.stderr.pipe(process.stderr);
    answerAs(child, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cgi-bin/receiver.sh`,
    handledUpTo: async () => {
      const names = readdirSync(spool);
      for (const name of names) JSON.parse(readFileSync(join(spool, name), 'utf8'));
      return names.map((name) => name.replace(/\.json$/, ''));
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Returns the variables that CGI passes on (RFC 3875). */
function variablesOf({ headers, method }: IncomingMessage): NodeJS.ProcessEnv {
  const ofHeaders = Object.entries(headers).map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll('-', '_')}`,
    `${value}`,
  ]);
  return { ...Object.fromEntries(ofHeaders), REQUEST_METHOD: method, CONTENT_LENGTH: headers['content-length'] };
}

async function answerAs(child: ChildProcess, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout?.setEncoding('utf8') ?? []) text += chunk;
  const status = /^Status: (\d{3}) [^\r\n]*\r\n/.exec(text)?.[1] ?? '500';
  response.writeHead(Number(status)).end(text.slice(text.indexOf('\r\n\r\n') + 4));
}
