import { ApiFault } from './api-fault.js';

/** The names that Node.js and OpenSSL give to a certificate that they do not trust. */
const CERTIFICATE = /CERT|^UNABLE_TO_|ISSUER|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_|^HOSTNAME_MISMATCH$/;

/**
 * Returns the fault of a request without an answer. It is a new error that holds at most a code of the system, because
 * got's error holds the request with its headers.
 *
 * @param where names the request and the API's host
 * @param proxy the proxy that the request went through, with its credentials; null: none
 */
export function connectionFault(error: unknown, where: string, proxy: string | null): ApiFault {
  const { code, syscall, statusCode } = detailsOf(error);
  const through = proxy === null ? '' : ` through the proxy ${URL.parse(proxy)?.host}`;
  if (code === 'ERR_PROXY_TUNNEL') {
    if (statusCode === null) {
      const message = `${where} failed: the proxy ${URL.parse(proxy ?? '')?.host} opened no tunnel and gave no answer.`;
      return new ApiFault('API_PROXY_UNREACHABLE', message);
    }
    return new ApiFault('API_PROXY_REFUSED', `${where} failed${through}: it answered ${statusCode}.`);
  }
  /** Behind a proxy, dbsync itself looks up and connects to nothing but the proxy. */
  if (proxy !== null && (syscall === 'connect' || syscall === 'getaddrinfo')) {
    return new ApiFault(
      'API_PROXY_UNREACHABLE',
      `${where} failed: no way to the proxy ${URL.parse(proxy)?.host} (${code}).`,
    );
  }
  if (CERTIFICATE.test(code)) {
    const message = `${where} failed${through}: its certificate is not trusted (${code}).`;
    return new ApiFault('API_CERTIFICATE_UNTRUSTED', message);
  }
  return new ApiFault('API_UNREACHABLE', `${where} failed${through} (${code}).`);
}

interface FaultDetails {
  readonly code: string;
  readonly syscall: string | null;
  /** The status of the proxy's answer to a request for a tunnel. */
  readonly statusCode: number | null;
}

/** Returns the details of the error or of its causes: got wraps the error of the system. */
function detailsOf(error: unknown): FaultDetails {
  let details: FaultDetails = { code: 'unknown', syscall: null, statusCode: null };
  for (let at = error; at instanceof Error; at = at.cause) {
    details = {
      code: 'code' in at && typeof at.code === 'string' ? at.code : details.code,
      syscall: 'syscall' in at && typeof at.syscall === 'string' ? at.syscall : details.syscall,
      statusCode: 'statusCode' in at && typeof at.statusCode === 'number' ? at.statusCode : details.statusCode,
    };
  }
  return details;
}
