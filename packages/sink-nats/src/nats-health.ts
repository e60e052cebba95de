import type { Finding } from '@dbsync/core/contract';
import { unlessAborted } from '@dbsync/core/sink-kit';
import { JetStreamApiCodes, JetStreamApiError, jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { KeptConnection } from './kept-connection.js';
import type { NatsSettings } from './nats-settings.js';
import { addStream, describeFault } from './nats-verdict.js';

/** A payload that is large enough. A contact of many years is larger than the server's default, a megabyte. */
const ENOUGH_PAYLOAD = 8 * 1024 * 1024;
const ENOUGH_WINDOW_MINUTES = 10;

/** Checks the server and the stream; publishes nothing, since any consumer would take it for a delivery. */
export async function checkHealth(
  settings: NatsSettings,
  kept: KeptConnection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const where = `${settings.host}:${settings.port}`;
  try {
    const connection = await unlessAborted(kept.get(), signal);
    return [...server(connection, where), ...(await unlessAborted(stream(connection, settings), signal))];
  } catch (error) {
    signal.throwIfAborted();
    const remedy = 'Check host and port of the address, the login, that nats-server runs there, and the firewall.';
    return [finding('fail', `${where} does not answer. ${describeFault(error, settings)}`, remedy)];
  }
}

function server({ info }: NatsConnection, where: string): readonly Finding[] {
  const most = info?.max_payload ?? ENOUGH_PAYLOAD;
  return [
    finding('pass', `${where} takes connections, nats-server ${info?.version ?? 'of an unknown version'}`),
    most < ENOUGH_PAYLOAD
      ? finding(
          'warn',
          `The server takes only messages of up to ${most} bytes`,
          'max_payload: 8MB in its configuration',
        )
      : finding('pass', `The server takes messages of up to ${most} bytes`),
  ];
}

async function stream(connection: NatsConnection, settings: NatsSettings): Promise<readonly Finding[]> {
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: settings.timeoutMs });
    const { config } = await manager.streams.info(settings.stream);
    return [subjects(config, settings), window(config, settings)];
  } catch (error) {
    if (connection.isClosed()) throw error;
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      return [finding('fail', `There is no stream ${settings.stream}`, addStream(settings))];
    const remedy = 'Enable JetStream (jetstream {} in its configuration), and let the user ask for $JS.API.STREAM.INFO';
    return [finding('warn', `The stream ${settings.stream} cannot be examined`, `${remedy}.${settings.stream}`)];
  }
}

function subjects({ subjects = [] }: StreamConfig, settings: NatsSettings): Finding {
  const { stream: name, prefix } = settings;
  if (subjects.some((subject) => takes(subject, `${prefix}.token`)))
    return finding('pass', `The stream ${name} takes ${prefix}.>`);
  const all = [...subjects, `${prefix}.>`].join(',');
  return finding(
    'fail',
    `The stream ${name} does not take ${prefix}.>`,
    `nats stream edit ${name} --subjects '${all}'`,
  );
}

function window({ duplicate_window }: StreamConfig, { stream: name }: NatsSettings): Finding {
  const minutes = Math.round(duplicate_window / 60e9);
  const what = `The stream recognises a repeated message for ${minutes} minutes (duplicate window)`;
  if (minutes >= ENOUGH_WINDOW_MINUTES) return finding('pass', what);
  const remedy = `nats stream edit ${name} --dupe-window 1h`;
  return finding('warn', `${what}: a message that is repeated after a longer outage may be stored twice`, remedy);
}

/** Matches as the server does: `*` is one token, `>` all that follow. */
function takes(pattern: string, subject: string): boolean {
  const [wanted, have] = [pattern.split('.'), subject.split('.')];
  const rest = wanted.indexOf('>');
  if (rest < 0 ? wanted.length !== have.length : have.length <= rest) return false;
  return wanted.slice(0, rest < 0 ? undefined : rest).every((token, at) => token === '*' || token === have[at]);
}

function finding(level: Finding['level'], what: string, remedy: string | null = null): Finding {
  return { level, what, remedy };
}
