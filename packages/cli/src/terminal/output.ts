import type { Redactor } from '@dbsync/core/cli-kit';
import { english, type ReaderLanguage } from '../languages/reader-language.js';
import { printable, printableJson } from './printable.js';

/** The only way to stdout: secrets are masked, and characters that a terminal would obey are written out. */
export interface Output {
  readonly isTerminal: boolean;
  /** The width of the terminal; 80 without one. */
  readonly columns: number;
  readonly language: ReaderLanguage;
  /** Writes a whole line, or several. */
  line(text: string): void;
  /** Returns the value with the secrets in its texts masked. Text that is cut or wrapped needs it before: a part of a secret is not found any more. */
  masked<T>(value: T): T;
  /** Writes one JSON text a line. */
  json(value: unknown): void;
  /** Draws a line that the next one replaces; does nothing where there is no terminal. */
  draw(text: string): void;
  /** Resolves when all has left the process. */
  flush(): Promise<void>;
}

export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, done?: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

const ERASE_LINE = '\r\u001b[2K';

/** @param language of the people who read the output; default: English */
export function createOutput(stream: OutputStream, redact: Redactor, language: ReaderLanguage = english): Output {
  let drawn = false;
  let broken = false;
  // A reader that went away, such as `| head`, ends the output and not the run.
  stream.on('error', () => {
    broken = true;
  });

  const write = (text: string) => {
    if (!broken) stream.write(drawn ? ERASE_LINE + text : text);
    drawn = false;
  };

  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    language,
    line: (text) => write(`${printable(redact(text))}\n`),
    masked: (value) => maskedIn(value, redact),
    json: (value) => write(`${printableJson(JSON.stringify(value, (_, member) => jsonMember(member, redact)))}\n`),
    draw: (text) => {
      if (stream.isTTY !== true) return;
      write(printable(redact(text)));
      drawn = true;
    },
    flush: () =>
      new Promise((resolve) => {
        if (broken) resolve();
        else stream.write(drawn ? '\n' : '', () => resolve());
      }),
  };
}

/** Redacts the texts of lists and objects. The result has the form of the value, so it has its type. */
function maskedIn<T>(value: T, redact: Redactor): T {
  const of = (member: unknown): unknown => {
    if (typeof member === 'string') return redact(member);
    if (Array.isArray(member)) return member.map(of);
    if (member === null || typeof member !== 'object' || Object.getPrototypeOf(member) !== Object.prototype)
      return member;
    return Object.fromEntries(Object.entries(member).map(([name, each]) => [name, of(each)]));
  };
  return of(value) as T;
}

/** Redacts texts one by one, so that the result stays JSON; an integer that JSON has no room for becomes text. */
function jsonMember(member: unknown, redact: Redactor): unknown {
  if (typeof member === 'string') return redact(member);
  if (typeof member !== 'bigint') return member;
  return Number.isSafeInteger(Number(member)) ? Number(member) : String(member);
}
