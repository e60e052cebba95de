import { createHmac, type KeyObject, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { UrlClient } from '@dbsync/core/cli-kit';
import type { Alert, AlertChannel } from './alert.js';

/** The run that alerts are about. */
export interface AlertSubject {
  readonly campaign: string;
  readonly mode: string;
}

const TITLES = {
  late: 'late',
  unable: 'cannot continue',
  'dead-letter': 'dead letter',
  recovered: 'recovered',
} as const;

/** Writes the JSON of an alert: the form of Standard Webhooks, and a text that chats show. */
export function alertBody(alert: Alert, subject: AlertSubject, nowMs: number): string {
  const { kind, code, text, count } = alert;
  const { campaign, mode } = subject;
  const host = hostname();
  const more = count > 1 ? ` (${count} times since the last alert of this kind)` : '';
  return JSON.stringify({
    type: `dbsync.${kind}`,
    timestamp: new Date(nowMs).toISOString(),
    text: `dbsync, campaign ${campaign} on ${host}: ${TITLES[kind]}. ${text}${more}`,
    data: { campaign, mode, host, kind, code, message: text, count },
  });
}

/** Creates the channel that posts alerts to a URL. @param secrets sign each alert; empty: none is signed */
export function createAlertPost(
  client: UrlClient,
  subject: AlertSubject,
  secrets: readonly KeyObject[],
  now: () => number,
): AlertChannel {
  return {
    option: 'alert-url',
    send(alert, signal) {
      const nowMs = now();
      const body = alertBody(alert, subject, nowMs);
      const id = `msg_${randomUUID()}`;
      const timestamp = String(Math.floor(nowMs / 1000));
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        ...(secrets.length > 0 && { 'webhook-signature': signature(secrets, `${id}.${timestamp}.${body}`) }),
      };
      return client.send({ method: 'POST', headers, body }, signal);
    },
    close: () => client.close(),
  };
}

function signature(secrets: readonly KeyObject[], content: string): string {
  return secrets.map((secret) => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`).join(' ');
}
