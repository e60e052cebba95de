import { isOfProxy } from './proxy-dial.js';

/** Matches the codes of X.509 and OpenSSL for a certificate that they refuse. */
const CERTIFICATE = /CERT|^UNABLE_TO_|ISSUER|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_|^HOSTNAME_MISMATCH$/;

/** Matches alerts of the receiver in the TLS handshake about dbsync's certificate, or its absence. */
const ALERT = /_ALERT_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

const MEANINGS: readonly (readonly [codes: RegExp, meaning: string])[] = [
  [/^(?:ENOTFOUND|EAI_[A-Z]+|ENODATA)$/, 'its name cannot be resolved'],
  [/^ECONNREFUSED$/, 'it refuses connections'],
  [/^(?:ECONNRESET|EPIPE|ECONNABORTED)$/, 'it closed the connection before it answered'],
  [/^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/, 'it cannot be reached'],
  [/^HTTP_ANSWER_INVALID$/, 'its answer is no HTTP'],
  [/^HTTP_HEAD_TOO_LARGE$/, 'the headers of its answer are too long'],
  [/^ERR_HTTP2_/, 'HTTP/2 with it failed'],
  [/_ALERT_CERTIFICATE_REQUIRED$/, 'it demands a certificate of dbsync, and none was given'],
  [ALERT, 'it does not accept the certificate of dbsync'],
  [CERTIFICATE, 'its certificate cannot be trusted'],
  [/^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/, 'encryption with it failed'],
];

/**
 * Returns the reason why there was no answer, for administrators. It is built of codes, since messages of drivers
 * repeat addresses.
 */
export function describeFault(error: unknown, timeoutMs: number, proxy: string | null = null): string {
  const ofProxy = proxy === null ? null : proxyFault(error, URL.parse(proxy)?.host ?? '');
  if (ofProxy !== null) return ofProxy;
  if (error instanceof DOMException && error.name === 'TimeoutError') return `none came within ${timeoutMs / 1000} s`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'WEBHOOK_ADDRESS_REFUSED' && error instanceof Error) return error.message;
  return meaningOf(code);
}

/**
 * Returns the fault between dbsync and the receiver that the proxy caused; null where the proxy worked. Its credentials
 * are not in the text.
 */
function proxyFault(error: unknown, proxy: string): string | null {
  if (!(error instanceof Error)) return null;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === 'ERR_PROXY_TUNNEL' && statusCode === 407) return `the proxy ${proxy} demands other credentials (407)`;
  if (code === 'ERR_PROXY_TUNNEL' && typeof statusCode === 'number')
    return `the proxy ${proxy} forbids dbsync this address (${statusCode})`;
  if (code === 'ERR_PROXY_TUNNEL') return `the proxy ${proxy} opened no tunnel and gave no answer`;
  return isOfProxy(error) ? `the proxy ${proxy}: ${meaningOf(String(code))}` : null;
}

function meaningOf(code: string): string {
  const meaning = MEANINGS.find(([codes]) => codes.test(code))?.[1] ?? 'the connection failed';
  return code === '' ? meaning : `${meaning} (${code})`;
}

/** True where an operator must replace a certificate or name an authority. */
export function isCertificateFault(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || isRefusedCertificate(error)) return false;
  return CERTIFICATE.test(String(error.code));
}

/** True where the receiver demands another certificate than the one of dbsync. */
export function isRefusedCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ALERT.test(String(error.code));
}
