import type { Interface } from 'node:readline/promises';
import type { GivenOptions } from './new-sink.js';
import { UnusableOption } from './new-sink.js';

/** The given options, and the terminal for the others: null without a user at a terminal. */
export interface Asking {
  readonly given: Partial<GivenOptions>;
  readonly terminal: Pick<Interface, 'question'> | null;
}

/** Returns all options: asks for each that was not given. */
export async function askForOptions({ given, terminal }: Asking): Promise<GivenOptions> {
  const ask = async (option: keyof GivenOptions, question: string, usual: string): Promise<string> => {
    const known = given[option];
    if (known !== undefined) return known;
    if (terminal === null) throw new UnusableOption(`--${option} is missing. ${question}`);
    const answer = (await terminal.question(`${question}${usual === '' ? '' : ` (${usual})`} `)).trim();
    return answer === '' ? usual : answer;
  };
  const kind = await ask('kind', 'Is the target a store (with transactions) or an endpoint (without)?', 'store');
  const name = await ask('name', 'What is the name of the sink, such as redis?', '');
  const scheme = await ask('scheme', 'With which word do its URLs begin?', usualScheme(name));
  return { kind, name, scheme };
}

function usualScheme(name: string): string {
  return name
    .replace(/^.*\//, '')
    .replace(/^dbsync-sink-/, '')
    .toLowerCase();
}
