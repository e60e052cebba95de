import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../certificates.ts';
import { commandIn, type DebianServer, debianBuild } from './debian-build.ts';
import { freePort, startKept } from './kept-server.ts';
import { giveToServer, serverHome } from './server-build.ts';

export interface NatsOptions {
  /** The login of its one user; absent: no login is needed. */
  readonly login?: { readonly user: string; readonly password: string } | { readonly token: string };
  /** The subjects that the one user may publish to; absent: all. */
  readonly mayPublish?: readonly string[];
  /** Absent: plain connections only; else TLS only, and with an authority certificates of clients too. */
  readonly tls?: Certificate & { readonly authority?: string };
  /** The largest message; by default 8 MB. */
  readonly maxPayload?: number;
  readonly jetstream?: boolean;
}

/** A private NATS server with JetStream: a new store, loopback only, ended together with this process. */
export interface NatsServer {
  readonly port: number;
  log(): string;
  /** Shuts down in order and removes the data. */
  stop(): Promise<void>;
  /** Kills the server as a power cut does; the data stays for {@link restart}. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const nats: DebianServer = {
  product: 'nats',
  package: { name: 'nats-server' },
  /** Its store needs only an empty folder. */
  initialise: async () => {},
};

/** Starts a server; the first one on a machine is fetched in some seconds. */
export async function startNats(options: NatsOptions = {}): Promise<NatsServer> {
  const folder = await debianBuild(nats);
  const home = await serverHome(nats.product, folder);
  const port = await freePort();
  const configuration = join(home, 'nats.json');
  keep(configuration, JSON.stringify(configurationOf(home, port, options)));
  const kept = await startKept({
    home,
    command: [...commandIn(join(folder, 'tree'), 'usr/sbin/nats-server'), '--config', configuration],
    ready: 'Server is ready',
    signals: { stop: 'TERM', kill: 'KILL', orphaned: ['KILL'] },
  });
  return { ...kept, port };
}

/** Writes its configuration, which may be JSON. */
function configurationOf(home: string, port: number, { login, mayPublish, tls, maxPayload, jetstream }: NatsOptions) {
  const permissions = mayPublish && { permissions: { publish: mayPublish, subscribe: '>' } };
  return {
    listen: `127.0.0.1:${port}`,
    max_payload: maxPayload ?? 8 * 1024 * 1024,
    ...(jetstream !== false && { jetstream: { store_dir: join(home, 'data') } }),
    ...(login !== undefined && {
      authorization: 'token' in login ? login : { users: [{ ...login, ...permissions }] },
    }),
    ...(tls !== undefined && { tls: tlsConfiguration(home, tls) }),
  };
}

function tlsConfiguration(home: string, { certificate, key, authority }: NonNullable<NatsOptions['tls']>) {
  const file = (name: string, pem: string) => keep(join(home, `${name}.pem`), pem);
  return {
    cert_file: file('cert', certificate),
    key_file: file('key', key),
    ...(authority !== undefined && { ca_file: file('ca', authority), verify: true }),
  };
}

function keep(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  giveToServer(file);
  return file;
}
