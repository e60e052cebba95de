import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** Reads the secrets that sign alerts, one a line. The error shows no line of the file. */
export async function readAlertSecrets(path: string | null): Promise<readonly KeyObject[]> {
  if (path === null) return [];
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `The file of --alert-secret-file cannot be read (${systemReason(cause)}): ${path}`;
    throw new CliError('CLI_FILE_UNREADABLE', message, { cause });
  });
  const lines = text.split('\n').map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => secretOf(line, path));
  if (secrets.length === 0) throw invalid(path);
  return secrets;
}

function secretOf(line: string, path: string): KeyObject {
  const [, base64 = ''] = SECRET.exec(line) ?? [];
  const secret = Buffer.from(base64, 'base64');
  if (secret.length < 24 || secret.length > 64) throw invalid(path);
  return createSecretKey(secret);
}

function invalid(path: string): CliError {
  const message = `${path} holds no secret, or a line that is no secret. A secret is whsec_ and then 24 to 64 bytes in base64. To make one: echo "whsec_$(openssl rand -base64 32)"`;
  return new CliError('CLI_FILE_UNREADABLE', message);
}
