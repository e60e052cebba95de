import { spawn } from 'node:child_process';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';

/** A socket as systemd has it: prints each datagram in a line. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("open", flush=True)
while True: print(s.recv(4096).decode().replace("\\n", " "), flush=True)
`;

it.runIf(hasCommand('python3') && hasCommand('systemd-notify'))(
  'a service of systemd reports its start, its work and its stop by a socket of the system',
  async () => {
    const folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-notify-'));
    onTestFinished(() => folder.remove());
    const socket = join(folder.path, 'notify');
    const listener = spawn('python3', ['-c', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void listener.kill());
    const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
    const until = async (pattern: RegExp) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error('the listener has ended');
        if (pattern.test(value)) return value;
      }
    };
    await until(/open/);
    const { campaign, token, url, close } = await startSimulator({ contacts: 3 });
    onTestFinished(close);
    const what = ['--mode', 'db_sync', '--campaign', campaign, '--interval', '1', '--api-url', url];
    using run = runCommand([...what, '--url', `sqlite:${join(folder.path, 'calls.db')}`], {
      DBSYNC_TOKEN: token,
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '1500000',
    });
    expect(await until(/READY=1/)).toContain('STATUS=starting');
    await until(/WATCHDOG=1 STATUS=working, \d+ s behind/);
    run.child.kill('SIGTERM');
    await until(/STOPPING=1/);
    expect(await run.ended).toBe(0);
  },
);
