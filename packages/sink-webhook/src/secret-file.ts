import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SinkNotice } from '@dbsync/core/contract';
import { type KeptFiles, openKeptFiles, warnIfExposed } from './kept-files.js';
import { fatal } from './webhook-error.js';

/** The secrets that sign deliveries, kept up to date with their file. */
export type SecretFile = KeptFiles<readonly KeyObject[]>;

/**
 * Opens the file.
 * @param recheckMs the time for which the file counts as unchanged
 * @throws a fatal SinkError `WEBHOOK_SECRETS_INVALID`, whose message shows no line of the file
 */
export function openSecretFile(
  path: string,
  notify: (notice: SinkNotice) => void,
  recheckMs?: number,
): Promise<SecretFile> {
  return openKeptFiles({
    paths: [path],
    read: async () => {
      const secrets = await readSecrets(path);
      await warnIfExposed(path, 'secrets', notify);
      return secrets;
    },
    notify,
    changed: ({ length }) => ({ level: 'info', code: 'WEBHOOK_SECRETS_CHANGED', message: changed(path, length) }),
    kept: (why) => ({
      level: 'warn',
      code: 'WEBHOOK_SECRETS_KEPT',
      message: `${why} The former secrets are still used.`,
    }),
    ...(recheckMs !== undefined && { recheckMs }),
  });
}

async function readSecrets(path: string): Promise<readonly KeyObject[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fatal('WEBHOOK_SECRETS_INVALID', `The file of secrets cannot be read: ${path}`, cause);
  });
  const lines = text.split('\n').map((line) => line.trim());
  const secrets = lines.flatMap((line, at) => (line === '' || line.startsWith('#') ? [] : parseSecret(line, at, path)));
  if (secrets.length === 0) throw invalid(`The file of secrets holds no secret: ${path}`);
  return secrets;
}

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

function parseSecret(line: string, at: number, path: string): KeyObject {
  const [, base64 = ''] = SECRET.exec(line) ?? [];
  const secret = Buffer.from(base64, 'base64');
  if (secret.length >= 24 && secret.length <= 64) return createSecretKey(secret);
  throw invalid(`Line ${at + 1} of ${path} is no secret. A secret is whsec_ and then 24 to 64 bytes in base64.`);
}

function invalid(why: string): Error {
  return fatal('WEBHOOK_SECRETS_INVALID', `${why} To make one: echo "whsec_$(openssl rand -base64 32)"`);
}

function changed(path: string, count: number): string {
  return `Deliveries are signed with ${count === 1 ? 'the secret' : `the ${count} secrets`} that ${path} holds.`;
}
