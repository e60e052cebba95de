import { digits, type Json, setField } from './json.js';
import { endOfQuotedText } from './quoted-text.js';

/** A list or an object that is being read, and the name of the member that comes next in an object. */
interface Open {
  readonly list: Json[] | null;
  readonly fields: Record<string, Json>;
  name: string;
}

const NO_FIELDS: Record<string, Json> = {};
const SPACES = new Set([0x20, 0x0a, 0x0d, 0x09]);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Reads JSON value by value, each number with its digits and each name separately, so that neither the depth of the
 * text nor the names of earlier texts matter. Its work and its memory grow with the length of the text. Throws a
 * `SyntaxError` for text that is no JSON.
 */
export function readJson(text: string): Json {
  const open: Open[] = [];
  let at = 0;

  const fail = (): never => {
    throw new SyntaxError(`No JSON at character ${at}.`);
  };
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? fail();
    at += found.length;
    return found;
  };
  const skipSpace = () => {
    for (let unit = text.charCodeAt(at); unit <= 0x20 && SPACES.has(unit); unit = text.charCodeAt(at)) at += 1;
  };
  const take = (mark: string): boolean => {
    skipSpace();
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  };

  const readQuoted = (): string => {
    const end = text[at] === '"' ? endOfQuotedText(text, at) : -1;
    if (end < 0) fail();
    const quoted = text.slice(at, end);
    at = end;
    return quoted;
  };
  /** Parses a text separately, since a part of the whole text would keep all of it in memory. */
  const readText = () => JSON.parse(readQuoted()) as string;
  const names = new Map<string, string>();
  const readName = (): string => {
    skipSpace();
    const quoted = readQuoted();
    const name = names.get(quoted) ?? (JSON.parse(quoted) as string);
    names.set(quoted, name);
    return take(':') ? name : fail();
  };
  const readScalar = (): Json => {
    if (text[at] === '"') return readText();
    for (const [word, value] of WORDS) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return value;
    }
    const source = skip(NUMBER);
    const value = Number(source);
    return String(value) === source ? value : digits(source);
  };
  /** Begins a value. Undefined where it is a list or an object that has members: they are read first. */
  const begin = (): Json | undefined => {
    if (take('[')) {
      if (take(']')) return [];
      open.push({ list: [], fields: NO_FIELDS, name: '' });
      return undefined;
    }
    if (!take('{')) return readScalar();
    if (take('}')) return {};
    open.push({ list: null, fields: {}, name: readName() });
    return undefined;
  };

  for (;;) {
    let value = begin();
    while (value !== undefined) {
      const holder = open.at(-1);
      if (holder === undefined) {
        skipSpace();
        return at === text.length ? value : fail();
      }
      put(holder, value);
      if (take(',')) {
        if (holder.list === null) holder.name = readName();
        break;
      }
      if (!take(holder.list === null ? '}' : ']')) fail();
      open.pop();
      value = holder.list ?? holder.fields;
    }
  }
}

/** Adds the value to its list or object. Where a name comes twice, the last value counts, as with `JSON.parse`. */
function put({ list, fields, name }: Open, value: Json): void {
  if (list !== null) list.push(value);
  else setField(fields, name, value);
}
