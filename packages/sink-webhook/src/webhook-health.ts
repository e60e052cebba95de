import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Finding } from '@dbsync/core/contract';
import { withDeadline } from './deadline.js';
import { dial } from './dial.js';
import type { Dialling } from './dialling.js';
import { describeFault, isCertificateFault, isRefusedCertificate } from './network-fault.js';
import { isOfProxy } from './proxy-dial.js';
import { isThisMachine } from './unsafe-ways.js';
import type { WebhookSettings } from './webhook-settings.js';

const TIMEOUT_MS = 10_000;
const DAYS_TO_RENEW = 14;

/**
 * Checks everything that comes before a request. None is sent: a receiver could take any for a delivery, or count it
 * against a limit.
 */
export async function checkHealth(
  { http2, url }: WebhookSettings,
  dialling: Dialling,
  /** The number of secrets that sign deliveries. */
  secrets: number,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return [
    ...(await reach(dialling, http2, signal)),
    ...(url.protocol === 'http:' && !isThisMachine(dialling.host) ? [plainText] : []),
    signing(secrets),
  ];
}

async function reach(dialling: Dialling, http2: boolean, signal: AbortSignal): Promise<readonly Finding[]> {
  const protocols = http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  try {
    const socket = await withDeadline(TIMEOUT_MS, signal, (own) => dial(dialling, protocols, own));
    const findings = connected(socket, dialling);
    socket.destroy();
    return findings;
  } catch (error) {
    signal.throwIfAborted();
    const remedy = isOfProxy(error)
      ? 'Check --proxy or the variables, that the proxy runs, and that this machine trusts the authority of its certificate.'
      : isRefusedCertificate(error)
        ? 'Give the options cert and key: a certificate that the receiver accepts, and its key.'
        : isCertificateFault(error)
          ? 'Give the authority that signed it as the option ca, and the host by the name in the certificate.'
          : 'Check host and port of the address, that the receiver listens there, and the firewall.';
    return [
      finding(
        'fail',
        `No connection to ${placeOf(dialling)}: ${describeFault(error, TIMEOUT_MS, dialling.proxy)}`,
        remedy,
      ),
    ];
  }
}

function connected(socket: Socket, dialling: Dialling): readonly Finding[] {
  const way = dialling.proxy == null ? socket.remoteAddress : `through the proxy ${URL.parse(dialling.proxy)?.host}`;
  const at = `${placeOf(dialling)} (${way})`;
  if (dialling.proxy != null && dialling.secureContext === null)
    return [finding('pass', `The proxy ${URL.parse(dialling.proxy)?.host} to ${placeOf(dialling)} takes connections`)];
  if (!(socket instanceof TLSSocket)) return [finding('pass', `${at} takes connections, without encryption`)];
  const speaks = socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1';
  return [finding('pass', `${at} takes connections, ${socket.getProtocol()} and ${speaks}`), certificate(socket)];
}

function certificate(socket: TLSSocket): Finding {
  const endsMs = Date.parse(socket.getPeerCertificate().valid_to);
  const what = `Its certificate is valid until ${new Date(endsMs).toISOString().slice(0, 10)}`;
  if (endsMs - Date.now() > DAYS_TO_RENEW * 86_400_000) return finding('pass', what);
  return finding('warn', what, 'Renew it: deliveries wait from that day on.');
}

const plainText = finding('warn', 'Deliveries are not encrypted', 'Use https.');

function signing(count: number): Finding {
  if (count > 0)
    return finding('pass', `Deliveries are signed with ${count === 1 ? 'one secret' : `${count} secrets`}`);
  return finding(
    'warn',
    'Deliveries are not signed, so the receiver cannot tell them from forged ones',
    '(umask 077; echo "whsec_$(openssl rand -base64 32)" > FILE)\n--webhook-secret-file FILE',
  );
}

function placeOf({ host, port }: Dialling): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function finding(level: Finding['level'], what: string, remedy: string | null = null): Finding {
  return { level, what, remedy };
}
