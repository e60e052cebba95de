import { once } from 'node:events';
import { Writable } from 'node:stream';

import type { Redactor } from '@dbsync/core/cli-kit';
import winston from 'winston';
import { type LogLevel, logLevels } from '../options/run-options.js';
import { printableLine } from '../terminal/printable.js';

/** The log of a run. */
export interface LogWriter {
  write(level: LogLevel, text: string): void;
  /** Resolves when every line has been written. */
  close(): Promise<void>;
}

export interface LogWriterOptions {
  readonly level: LogLevel;
  readonly redact: Redactor;
  /** Each takes one line, without its end, and does not throw. */
  readonly sinks: readonly ((line: string) => void)[];
}

export function createLogWriter({ level, redact, sinks }: LogWriterOptions): LogWriter {
  const logger = winston.createLogger({
    level,
    levels: Object.fromEntries(logLevels.map((name, severity) => [name, severity])),
    format: winston.format.combine(winston.format.timestamp(), winston.format.printf(formatLine)),
    transports: sinks.map((sink) => new winston.transports.Stream({ stream: lineStream(sink), eol: '' })),
    silent: sinks.length === 0,
  });
  return {
    write: (lineLevel, text) => {
      logger.log(lineLevel, printableLine(redact(text)));
    },
    close: async () => {
      const ended = once(logger, 'finish');
      logger.end();
      await ended;
    },
  };
}

function formatLine({ timestamp, level, message }: winston.Logform.TransformableInfo): string {
  return `${timestamp} ${level.toUpperCase().padEnd(8)} ${message}`;
}

function lineStream(sink: (line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (line, _encoding, done) => {
      sink(String(line));
      done();
    },
  });
}
