import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isSinkError, type SinkNotice } from '@dbsync/core/contract';
import { fatal } from './webhook-error.js';

/** The secrets that sign deliveries, kept up to date with their file. */
export interface SecretFile {
  /** Never fails: a file that cannot be used any more leaves the secrets as they were, and that is told once. */
  current(): Promise<readonly KeyObject[]>;
}

/** So a rotated secret is in use within seconds, and a delivery costs nothing. */
const RECHECK_MS = 2_000;

/**
 * @param recheckMs how long the file is believed to be unchanged
 * @throws a fatal SinkError `WEBHOOK_SECRETS_INVALID`, whose message shows no line of the file
 */
export async function openSecretFile(
  path: string,
  notify: (notice: SinkNotice) => void,
  recheckMs = RECHECK_MS,
): Promise<SecretFile> {
  let stamp = await stampOf(path);
  let secrets = await readSecrets(path);
  let checkedAt = performance.now();
  await warnIfExposed(path, notify);

  const refresh = async () => {
    checkedAt = performance.now();
    const found = await stampOf(path);
    if (found === stamp) return;
    stamp = found;
    try {
      secrets = await readSecrets(path);
      notify({ level: 'info', code: 'WEBHOOK_SECRETS_CHANGED', message: changed(path, secrets.length) });
      await warnIfExposed(path, notify);
    } catch (error) {
      if (!isSinkError(error)) throw error;
      notify({ level: 'warn', code: 'WEBHOOK_SECRETS_KEPT', message: `${error.message} The former ones still sign.` });
    }
  };
  return {
    current: async () => {
      if (performance.now() - checkedAt >= recheckMs) await refresh();
      return secrets;
    },
  };
}

/** Differs when the file does, whether it was written anew or another took its place; empty where there is none. */
async function stampOf(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  return stats === null ? '' : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

async function readSecrets(path: string): Promise<readonly KeyObject[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fatal('WEBHOOK_SECRETS_INVALID', `The file of secrets cannot be read: ${path}`, cause);
  });
  const lines = text.split('\n').map((line) => line.trim());
  const secrets = lines.flatMap((line, at) => (line === '' || line.startsWith('#') ? [] : parseSecret(line, at, path)));
  if (secrets.length === 0) throw invalid(`The file of secrets holds none: ${path}`);
  return secrets;
}

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

function parseSecret(line: string, at: number, path: string): KeyObject {
  const [, base64 = ''] = SECRET.exec(line) ?? [];
  const secret = Buffer.from(base64, 'base64');
  if (secret.length >= 24 && secret.length <= 64) return createSecretKey(secret);
  throw invalid(`Line ${at + 1} of ${path} is no secret: whsec_ and 24 to 64 bytes in base64.`);
}

function invalid(why: string): Error {
  return fatal('WEBHOOK_SECRETS_INVALID', `${why} One is made by: echo "whsec_$(openssl rand -base64 32)"`);
}

async function warnIfExposed(path: string, notify: (notice: SinkNotice) => void): Promise<void> {
  const mode = await stat(path).then(
    (stats) => stats.mode,
    () => 0,
  );
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const message = `Others on this machine may read the file of secrets. Take that away: chmod 600 ${path}`;
  notify({ level: 'warn', code: 'WEBHOOK_SECRETS_EXPOSED', message });
}

function changed(path: string, count: number): string {
  return `Deliveries are signed with ${count === 1 ? 'the secret' : `the ${count} secrets`} that ${path} holds now.`;
}
