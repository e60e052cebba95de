import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { isTrue } from '../../options/checked-values.js';
import { systemReason } from '../../system-reason.js';
import { formatCount, formatCounted } from '../../terminal/figures.js';
import type { CommandContext } from '../command-context.js';
import { type DiagFile, type DiagPart, diagParts, type FindCommand } from './diag-parts.js';
import { scrubbed } from './scrubbed.js';

/** Runs `diag`: collects what helps to find a fault in one archive, without secrets and without persons' data. */
export function diagCommand(find: FindCommand): (context: CommandContext) => Promise<Ending> {
  return (context) => collect(find, context);
}

async function collect(find: FindCommand, context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  if (operands.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'diag takes no words. The file: --diag-file FILE');
  const file = resolve(
    values.get('diag-file') ?? `dbsync-diag-${new Date().toISOString().replace(/[:.]/g, '-')}.tar.gz`,
  );
  // Made first, so that a folder that takes no file is known before the work.
  const descriptor = newFile(file);
  try {
    const files = await collected(diagParts, find, context);
    const archive = gzipSync(await packTar(files.map(entryOf)));
    writeSync(descriptor, archive);
    const names = files.map(({ name }) => name);
    if (isTrue(values.get('json'))) output.json({ type: 'diag', file, bytes: archive.length, files: names });
    else {
      const size = `${formatCount(Math.ceil(archive.length / 1024))} kB, ${formatCounted(names.length, 'file')}`;
      output.line(`${file} (${size})\n${names.map((name) => `  ${name}`).join('\n')}\nLook at it before you send it.`);
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return { kind: 'done' };
}

/** Makes all parts, one after the other. A part that fails is a file that says why. */
async function collected(
  parts: readonly DiagPart[],
  find: FindCommand,
  context: CommandContext,
): Promise<readonly DiagFile[]> {
  const files: DiagFile[] = [];
  for (const { name, make } of parts) {
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
    const message = `${file} cannot be made (${systemReason(cause)}). Name another one: --diag-file FILE`;
    throw new CliError('CLI_DIAG_UNWRITABLE', message, { cause });
  }
}
