import type { ShownRequest } from '@dbsync/core/contract';
import type { Delivery } from './exchange.js';
import type { WebhookSettings } from './webhook-settings.js';

/**
 * Returns the request for an operator to read: without path and query, and without the values of the user's headers.
 */
export function shownRequest(
  { headers, body }: Delivery,
  { url, headers: own }: Pick<WebhookSettings, 'url' | 'headers'>,
  mask: (text: string) => string,
): ShownRequest {
  const shown = Object.entries(headers).map(([name, value]) => [name, Object.hasOwn(own, name) ? '***' : mask(value)]);
  return { line: `POST ${url.origin}/***`, headers: Object.fromEntries(shown), body: body.toString('utf8') };
}
