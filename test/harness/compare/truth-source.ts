import type { TruthLine } from '@dbsync/simulator';
import { parseExact } from './exact-json.ts';

/** The address of a truth with its filter parameters; or its lines, as often as they are asked for. */
export type TruthSource = string | (() => AsyncIterable<TruthLine> | Iterable<TruthLine>);

/** Yields the lines, numbers with all their digits. Throws where the address answers an error or breaks off. */
export async function* truthLines(source: TruthSource): AsyncGenerator<TruthLine> {
  if (typeof source === 'string') yield* fetchLines(source);
  else yield* source();
}

async function* fetchLines(url: string): AsyncGenerator<TruthLine> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`The truth answers ${response.status}.`);
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield parseExact(line) as unknown as TruthLine;
  }
  if (rest !== '') throw new Error('The truth broke off.');
}
