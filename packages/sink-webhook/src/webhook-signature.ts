import { createHmac, type KeyObject } from 'node:crypto';

/** The signed content, by the rules of Standard Webhooks. */
export interface SignedContent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: Buffer;
}

/**
 * Returns one signature for each secret, separated by spaces: a receiver accepts if any of them is right, so secrets
 * can be rotated.
 */
export function signatureOf(secrets: readonly KeyObject[], { id, timestamp, body }: SignedContent): string {
  return secrets
    .map((secret) => createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64'))
    .map((signature) => `v1,${signature}`)
    .join(' ');
}
