import { createInterface, type ReadLineOptions } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** The terminal that a question goes to. */
export interface Asking {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Returns whether a person can be asked. */
export function canAsk({ input, output }: Asking): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** Asks a question that only the word `yes` answers with yes. */
export async function isAnsweredYes(
  question: string,
  { input, output }: Asking,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = openLines({ input, output });
  try {
    const answer = await lines.question(`${question} Type yes: `, { signal });
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}

/** Asks for a text. @param isHidden true: what is typed is not shown */
export async function askText(
  question: string,
  { input, output }: Asking,
  { isHidden, signal }: { readonly isHidden: boolean; readonly signal: AbortSignal },
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = openLines({ input, output: isHidden ? silent : output, terminal: isHidden });
  // Only now the terminal shows nothing of what is typed: an answer that came with the question would be seen.
  output.write(question);
  try {
    return await lines.question('', { signal });
  } finally {
    lines.close();
    if (isHidden) output.write('\n');
  }
}

/** Opens the lines of a terminal. Where they take Ctrl+C themselves, it counts as the signal that it is elsewhere. */
function openLines(options: ReadLineOptions) {
  const lines = createInterface(options);
  lines.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
  return lines;
}
