import { open } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';

/** The most bytes. No token or URL is nearly that long: a longer file was named by mistake. */
const MAX_BYTES = 64 * 1024;

/** Reads the one line of a file, without blanks around it. */
export async function readSecretFile(path: string, option: string): Promise<string> {
  const text = (await readStart(path, option)).trim();
  if (text === '') throw new CliError('CLI_FILE_UNREADABLE', `The file of --${option} is empty: ${path}`);
  if (/[\r\n]/.test(text) || text.length >= MAX_BYTES) {
    throw new CliError('CLI_FILE_UNREADABLE', `The file of --${option} holds more than one line: ${path}`);
  }
  return text;
}

async function readStart(path: string, option: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (cause) {
    const message = `The file of --${option} cannot be read (${systemReason(cause)}): ${path}`;
    throw new CliError('CLI_FILE_UNREADABLE', message, { cause });
  }
}
