import net, { type LookupFunction } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';

/** How connections to the receiver are made. */
export interface Dialling {
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction | undefined;
  /** null: plain HTTP. */
  readonly secureContext: SecureContext | null;
  /** The URL of an HTTP proxy, with its credentials; absent or null: none. */
  readonly proxy?: string | null;
}

/** The options of TLS to the receiver, beside the place. The certificate is checked against the host; an address is sent as no name. */
export function tlsOptions(
  host: string,
  secureContext: SecureContext,
  protocols: readonly string[],
): Pick<ConnectionOptions, 'secureContext' | 'servername' | 'ALPNProtocols'> {
  return { secureContext, servername: net.isIP(host) === 0 ? host : '', ALPNProtocols: [...protocols] };
}
