import type { SinkNotice } from '@dbsync/core/contract';
import { hostOf, type WebhookSettings } from './webhook-settings.js';

/** Returns a notice for each unsafe thing between dbsync and the receiver. */
export function unsafeWays({ url, secretFile }: Pick<WebhookSettings, 'url' | 'secretFile'>): readonly SinkNotice[] {
  const host = hostOf(url);
  const notices: SinkNotice[] = [];
  if (url.protocol === 'http:' && !isThisMachine(host)) {
    const message = `Deliveries to ${host} are not encrypted: the network can read and change them.`;
    notices.push({ level: 'warn', code: 'WEBHOOK_NOT_ENCRYPTED', message });
  }
  if (secretFile === null) {
    const message = 'Deliveries are not signed, so the receiver cannot tell them from forged ones.';
    notices.push({ level: 'warn', code: 'WEBHOOK_NOT_SIGNED', message });
  }
  return notices;
}

/** True for names and addresses of this machine. Data that is sent there never leaves it. */
export function isThisMachine(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|::1)$/i.test(host);
}
