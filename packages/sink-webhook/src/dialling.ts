import net, { type LookupFunction } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';

/** The facts needed to open connections to the receiver. */
export interface Dialling {
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction | undefined;
  /** null: plain HTTP. */
  readonly secureContext: SecureContext | null;
  /** The URL of an HTTP proxy, with its credentials; absent or null: none. */
  readonly proxy?: string | null;
}

/**
 * Returns the options of TLS to the receiver, beside the address. The certificate is checked against the host; an IP
 * address is not sent as a name.
 */
export function tlsOptions(
  host: string,
  secureContext: SecureContext,
  protocols: readonly string[],
): Pick<ConnectionOptions, 'secureContext' | 'servername' | 'ALPNProtocols'> {
  return { secureContext, servername: net.isIP(host) === 0 ? host : '', ALPNProtocols: [...protocols] };
}
