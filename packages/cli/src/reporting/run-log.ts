import { dirname } from 'node:path';
import type { RunEvent } from '@dbsync/core';
import type { ErrorCodeName } from '../error-codes.js';
import type { Failure } from '../exit-code.js';
import { logMode } from '../options/outbox-options.js';
import type { RunOptions } from '../options/run-options.js';
import { systemReason } from '../system-reason.js';
import type { Output } from '../terminal/output.js';
import { cappedText, MAX_CHARACTERS_OF_FAILURE } from './capped-text.js';
import { lineJson } from './json-line.js';
import { type LogFile, openLogFile } from './log-file.js';
import { logLine } from './log-line.js';
import { createLogWriter } from './log-writer.js';
import { removeOldLogs } from './old-logs.js';
import type { SecretGuard } from './secret-guard.js';

/** The log of one run: its file, and the console where that was asked for. */
export interface RunLog {
  /** The folder of the log file; null: there is none. */
  readonly folder: string | null;
  observe(event: RunEvent, options: { readonly daemon: boolean }): void;
  /** Logs a failure, with its stack where it has no code. */
  fail(failure: Failure, error: unknown): void;
  close(): Promise<void>;
}

export interface RunLogContext {
  readonly output: Output;
  readonly guard: SecretGuard;
}

export function openRunLog(
  { campaign, mode, webhook, log, json }: RunOptions,
  { output, guard }: RunLogContext,
): RunLog {
  const tell = (text: string) => (json ? output.json(lineJson('log', 'info', { text })) : output.line(text));
  const startedAt = new Date();
  const name = { campaign, mode: logMode(mode, webhook) };
  const file = openLogFile({ ...name, startedAt }, log.directory, { mode: log.fileMode });
  tell(file === null ? 'dbsync may not write to any folder for its log: see --log-dir.' : `Log: ${file.path}`);

  const leftover = file && removeOldLogs(name, file.path, log.retention, startedAt.getTime());
  if (leftover !== null) tell(leftover);

  const sinks: ((line: string) => void)[] = file === null ? [] : [fileSink(file, tell)];
  if (log.console && !json) sinks.push((line) => output.line(line));
  const writer = createLogWriter({ level: log.level, redact: guard.redact, sinks });

  return {
    folder: file && dirname(file.path),
    observe: (event, options) => {
      const { level, text } = logLine(event, { ...options, whole: true });
      writer.write(level, text);
    },
    fail: ({ code, message, remedy }, error) => {
      writer.write('critical', `${code}: ${cappedText(message, guard.redact, MAX_CHARACTERS_OF_FAILURE)}`);
      if (remedy !== null) writer.write('critical', `What to do: ${remedy}`);
      if (code === 'CLI_UNEXPECTED' && error instanceof Error) {
        writer.write('critical', cappedText(error.stack ?? 'no stack', guard.redact, MAX_CHARACTERS_OF_FAILURE));
      }
    },
    close: async () => {
      await writer.close();
      file?.close();
    },
  };
}

/**
 * Returns a sink for lines. A full disk does not end the run; it is reported once, until a line can be written again.
 */
export function fileSink(file: LogFile, tell: (text: string) => void): (line: string) => void {
  let failing = false;
  return (line) => {
    try {
      file.append(line);
      failing = false;
    } catch (cause) {
      if (failing) return;
      failing = true;
      const message = `${file.path} cannot be written to (${systemReason(cause)}): the run continues without these lines.`;
      const code: ErrorCodeName = 'CLI_LOG_FAILED';
      tell(`${code}: ${message}`);
    }
  };
}
