import { join } from 'node:path';
import { type Observer, systemClock } from '@dbsync/core';
import { createUrlClient } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import type { CommandContext } from '../commands/command-context.js';
import { proxyTo } from '../commands/proxy-to.js';
import { logMode } from '../options/outbox-options.js';
import type { RunOptions } from '../options/run-options.js';
import { alertFileName } from '../reporting/log-place.js';
import type { AlertChannel } from './alert.js';
import { createAlertMemory } from './alert-memory.js';
import { createAlertPost } from './alert-post.js';
import { createAlertProgram } from './alert-program.js';
import { readAlertSecrets } from './alert-secrets.js';
import { createAlerts } from './alerts.js';
import { createHealthcheck } from './healthcheck.js';

/** Reports trouble of a run to people and monitors. */
export interface TroubleReport {
  readonly observe: Observer;
  /** Notes that an error ends the process. @param what the fixed description of the code; null: it has none */
  failed(code: string, what: string | null): void;
  close(): Promise<void>;
}

/**
 * Opens the ways that the options name; null: none is wanted. The secrets of their URLs are guarded.
 *
 * @param folder for the file that remembers what was sent; null: none
 */
export async function openAlerts(
  { alerts: options, campaign, mode, webhook }: Pick<RunOptions, 'alerts' | 'campaign' | 'mode' | 'webhook'>,
  context: CommandContext,
  notify: (notice: SinkNotice) => void,
  folder: string | null,
): Promise<TroubleReport | null> {
  const { url, command, healthcheckUrl } = options;
  const subject = { campaign, mode };
  if (url === null && command === null && healthcheckUrl === null) return null;
  const clientOf = (address: string) => {
    context.guard.protect(secretPartsOf(address));
    return createUrlClient(address, proxyTo(address, context));
  };
  const secrets = await readAlertSecrets(options.secretFile);
  const channels: AlertChannel[] = [];
  if (url !== null) channels.push(createAlertPost(clientOf(url), subject, secrets, () => systemClock.now()));
  if (command !== null) channels.push(createAlertProgram(command, subject, context.variables, systemClock));
  const memory = createAlertMemory(folder && join(folder, alertFileName({ campaign, mode: logMode(mode, webhook) })));
  const alerts = createAlerts({ channels, clock: systemClock, redact: context.guard.redact, notify, memory });
  const healthcheck = healthcheckUrl === null ? null : createHealthcheck(clientOf(healthcheckUrl), notify);
  return {
    observe(event) {
      alerts.observe(event);
      healthcheck?.observe(event);
    },
    failed: alerts.failed,
    async close() {
      await Promise.all([alerts.close(), healthcheck?.close()]);
    },
  };
}

/** Returns the parts of a URL that may be a secret: chats put a token into the path. */
function secretPartsOf(address: string): readonly string[] {
  const { pathname, search, username, password } = new URL(address);
  return [address, pathname.slice(1) + search, pathname.slice(1), username, password].filter((part) => part !== '');
}
