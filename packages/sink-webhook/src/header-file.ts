import { readFile } from 'node:fs/promises';
import type { SinkNotice } from '@dbsync/core/contract';
import { readHeaders } from './custom-headers.js';
import { type KeptFiles, openKeptFiles, warnIfExposed } from './kept-files.js';
import { fatal } from './webhook-error.js';

type Headers = Readonly<Record<string, string>>;

/** Headers of deliveries from a file, such as a bearer token that changes, kept up to date with it. */
export type HeaderFile = KeptFiles<Headers>;

/**
 * Reads `NAME: VALUE` lines; blank ones and those that begin with `#` are left out.
 *
 * @param others names of the headers that are given elsewhere
 * @throws a fatal SinkError whose message shows no value
 */
export function openHeaderFile(
  path: string,
  others: readonly string[],
  notify: (notice: SinkNotice) => void,
): Promise<HeaderFile> {
  return openKeptFiles({
    paths: [path],
    read: async () => {
      const headers = readHeaders(withoutComments(await readText(path)), `file ${path}`);
      if (Object.keys(headers).length === 0)
        throw fatal('WEBHOOK_OPTION_INVALID', `The header file holds no header: ${path}`);
      const twice = Object.keys(headers).find((name) => others.includes(name));
      if (twice !== undefined)
        throw fatal('WEBHOOK_OPTION_INVALID', `${twice} is in the header file and is given elsewhere too: ${path}`);
      await warnIfExposed(path, 'headers', notify);
      return headers;
    },
    notify,
    changed: (headers) => {
      const message = `Deliveries have the new headers of ${path}: ${Object.keys(headers).join(', ')}.`;
      return { level: 'info', code: 'WEBHOOK_FILE_CHANGED', message };
    },
    kept: (why) => ({
      level: 'warn',
      code: 'WEBHOOK_FILE_KEPT',
      message: `${why} Deliveries have the former headers.`,
    }),
  });
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw fatal('WEBHOOK_OPTION_INVALID', `The header file cannot be read: ${path}`, cause);
  });
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n');
}
