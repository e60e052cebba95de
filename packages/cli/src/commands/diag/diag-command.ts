import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { systemReason } from '../../system-reason.js';
import { formatCount, formatCounted } from '../../terminal/figures.js';
import { createOutput } from '../../terminal/output.js';
import { printReport } from '../../terminal/print-report.js';
import type { CommandContext } from '../command-context.js';
import { listenForStop } from '../stop-signals.js';
import { type DiagFile, type DiagPart, diagParts, type FindCommand } from './diag-parts.js';
import { scrubbed } from './scrubbed.js';

/** A part that hangs ends within a minute by itself; a stop waits no longer than this. */
const DRAIN_LIMIT_MS = 10_000;

/** Runs `diag`: collects what helps to find a fault in one archive, without secrets and without persons' data. */
export function diagCommand(find: FindCommand): (context: CommandContext) => Promise<Ending> {
  return (context) => collect(find, context);
}

async function collect(find: FindCommand, context: CommandContext): Promise<Ending> {
  const { operands, values } = context;
  if (operands.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'diag takes no words. The file: --diag-file FILE');
  const file = resolve(
    values.get('diag-file') ?? `dbsync-diag-${new Date().toISOString().replace(/[:.]/g, '-')}.tar.gz`,
  );
  // Made first, so that a folder that takes no file is known before the work.
  const descriptor = newFile(file);
  using stop = listenForStop(DRAIN_LIMIT_MS);
  let isWritten = false;
  try {
    const files = await collected(diagParts, find, context, stop.signal);
    if (stop.received !== null) return { kind: 'stopped', signal: stop.received };
    const archive = gzipSync(await packTar(files.map(entryOf)));
    write(file, descriptor, archive);
    isWritten = true;
    const names = files.map(({ name }) => name);
    printReport(context, { type: 'diag', file, bytes: archive.length, files: names }, { lines: diagLines });
  } finally {
    closeSync(descriptor);
    if (!isWritten) rmSync(file, { force: true });
  }
  return { kind: 'done' };
}

interface DiagReport {
  readonly file: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

function diagLines({ file, bytes, files }: DiagReport): readonly string[] {
  const size = `${formatCount(Math.ceil(bytes / 1024))} kB, ${formatCounted(files.length, 'file')}`;
  return [`${file} (${size})`, ...files.map((name) => `  ${name}`), 'Look at it before you send it.'];
}

/** Makes all parts, one after the other, until a signal stops it. A part that fails is a file that says why. */
async function collected(
  parts: readonly DiagPart[],
  find: FindCommand,
  context: CommandContext,
  signal: AbortSignal,
): Promise<readonly DiagFile[]> {
  const stderr = createOutput(process.stderr, context.guard.redact);
  const files: DiagFile[] = [];
  for (const { name, make } of parts) {
    if (signal.aborted) break;
    stderr.line(`Collecting ${name} ...`);
    const made = await make(context, find).catch((error: unknown) => [
      { name: `${name}.txt`, text: `Not collected: ${error instanceof Error ? error.message : error}\n` },
    ]);
    files.push(...made);
  }
  // At the end, since a part may have found further secrets.
  return files.map(({ name, text }) => ({ name, text: scrubbed(context.guard.redact(text)) }));
}

function entryOf({ name, text }: DiagFile) {
  const body = Buffer.from(text);
  return { header: { name: `dbsync-diag/${name}`, size: body.length, mode: 0o600, mtime: new Date() }, body };
}

function newFile(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** Writes all of it, where a call of the system writes a part alone. */
function write(file: string, descriptor: number, archive: Buffer): void {
  try {
    writeFileSync(descriptor, archive);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

function unwritable(file: string, cause: unknown): CliError {
  const message = `${file} cannot be made (${systemReason(cause)}). Name another one: --diag-file FILE`;
  return new CliError('CLI_DIAG_UNWRITABLE', message, { cause });
}
