import type { KeyObject } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { SinkTarget } from '@dbsync/core/contract';
import { openHeaderFile } from './header-file.js';
import { openSecretFile } from './secret-file.js';
import { openTlsFiles } from './tls-files.js';
import type { WebhookSettings } from './webhook-settings.js';

/** All files that deliveries use. Each is read again when it has changed. */
export interface OpenedFiles {
  current(): Promise<FileValues>;
  /** Looks at all of them at the next call: a delivery failed, and one of them may be the reason. */
  doubt(): void;
}

const NO_HEADERS: FileValues['headers'] = {};

interface FileValues {
  /** null: plain HTTP. */
  readonly context: SecureContext | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly KeyObject[];
}

/** Opens the files. @throws a fatal SinkError that names a file which cannot be used */
export async function openFiles(settings: WebhookSettings, notify: SinkTarget['notify']): Promise<OpenedFiles> {
  const { url, tls, headerFile, headers, secretFile } = settings;
  const context = url.protocol === 'https:' ? await openTlsFiles(tls, notify) : null;
  const more = headerFile === null ? null : await openHeaderFile(headerFile, Object.keys(headers), notify);
  const secrets = secretFile === null ? null : await openSecretFile(secretFile, notify);
  return {
    current: async () => ({
      context: (await context?.current()) ?? null,
      headers: (await more?.current()) ?? NO_HEADERS,
      secrets: (await secrets?.current()) ?? [],
    }),
    doubt() {
      for (const files of [context, more, secrets]) files?.doubt();
    },
  };
}
