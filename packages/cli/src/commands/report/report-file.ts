import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../../cli-error.js';
import { systemReason } from '../../system-reason.js';
import { isReportPage } from './page/report-page.js';

/** The beginning of a file that tells whether it is a report. */
const HEAD_BYTES = 1_024;
const OWN_BITS = 0o777;

/**
 * Checks that {@link writeReportFile} can write the file, before the work for the page. Writes nothing.
 *
 * @throws CliError CLI_REPORT_UNWRITABLE
 */
export async function checkReportFile(name: string): Promise<void> {
  const file = resolve(name);
  await modeOfEarlier(file);
  try {
    await access(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unwritable(`${file} cannot be written (${systemReason(cause)})`, cause);
  }
}

/**
 * Writes the page whole or not at all: first beside the file, then under its name. A new file can be read by its owner
 * alone, since the page names agents; an earlier report keeps its permissions. Nothing but an earlier report is replaced.
 *
 * @throws CliError CLI_REPORT_UNWRITABLE
 */
export async function writeReportFile(name: string, page: string): Promise<void> {
  const file = resolve(name);
  const mode = await modeOfEarlier(file);
  const draft = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(page);
    await handle.chmod(mode);
    await handle.sync();
    await handle.close();
    await rename(draft, file);
  } catch (cause) {
    // The error of the write is the one to report, also where the draft cannot be removed.
    await rm(draft, { force: true }).catch(() => {});
    throw unwritable(`${file} cannot be written (${systemReason(cause)})`, cause);
  }
}

/** Returns the permissions of the report that the file holds now; for a new file, those of its owner alone. */
async function modeOfEarlier(file: string): Promise<number> {
  let handle: FileHandle | null = null;
  try {
    const found = await lstat(file);
    if (!found.isFile()) throw unwritable(`${file} is no file, so dbsync does not replace it`);
    handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (isReportPage(buffer.toString('utf8', 0, bytesRead))) return found.mode & OWN_BITS;
    throw unwritable(`${file} is no report of dbsync, so dbsync does not replace it`);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    if (systemReason(cause) === 'ENOENT') return 0o600;
    throw unwritable(`${file} cannot be read (${systemReason(cause)})`, cause);
  } finally {
    await handle?.close();
  }
}

function unwritable(what: string, cause?: unknown): CliError {
  return new CliError('CLI_REPORT_UNWRITABLE', `${what}. Name another one: --html FILE`, { cause });
}
