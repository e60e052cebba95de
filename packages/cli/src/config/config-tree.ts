import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { ConfigProblem, FilePosition } from './config-problem.js';

/** A value of a file of campaigns, with its place. The parts are read when they are asked for: an alias may name its own parent. */
export type ConfigNode =
  | { readonly kind: 'map'; readonly position: FilePosition; entries(): readonly ConfigEntry[] }
  | { readonly kind: 'list'; readonly position: FilePosition; items(): readonly ConfigNode[] }
  /** A text, number or flag. A number has the digits of the file, so `0123` stays `0123`. */
  | { readonly kind: 'scalar'; readonly position: FilePosition; readonly text: string }
  | { readonly kind: 'nothing'; readonly position: FilePosition };

/** A key of a map, and its value. */
export interface ConfigEntry {
  readonly key: string;
  /** The place of the key. */
  readonly position: FilePosition;
  readonly node: ConfigNode;
}

/** The contents of a file, or what keeps it from being read. */
export interface ConfigTree {
  readonly root: ConfigNode;
  readonly problems: readonly ConfigProblem[];
}

const START: FilePosition = { line: 1, column: 1 };

/** Reads YAML 1.2, and so JSON. */
export function readTree(text: string): ConfigTree {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\ufeff/, ''), {
    lineCounter: lines,
    logLevel: 'error',
    prettyErrors: false,
    schema: 'core',
    version: '1.2',
  });
  const placeAt = (offset: number): FilePosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = document.errors.map(({ code, pos }) => syntaxProblem(code, placeAt(pos[0])));
  return { root: nodeOf(document.contents, { document, placeAt, outer: START }), problems };
}

interface Reading {
  readonly document: Document.Parsed;
  readonly placeAt: (offset: number) => FilePosition;
  /** The place for a value that has none: a key without a value. */
  readonly outer: FilePosition;
}

function nodeOf(given: ParsedNode | null, reading: Reading): ConfigNode {
  const { document, placeAt, outer } = reading;
  const position = given?.range ? placeAt(given.range[0]) : outer;
  const node = isAlias(given) ? given.resolve(document) : given;
  if (isMap(node)) {
    const entries = () => node.items.map(({ key, value }) => entryOf(key, value, { ...reading, outer: position }));
    return { kind: 'map', position, entries };
  }
  if (isSeq(node)) {
    const items = () => node.items.map((item) => nodeOf(item as ParsedNode | null, { ...reading, outer: position }));
    return { kind: 'list', position, items };
  }
  if (!isScalar(node) || node.value === null) return { kind: 'nothing', position };
  const { value, source } = node;
  return { kind: 'scalar', position, text: typeof value === 'string' ? value : (source ?? String(value)).trim() };
}

function entryOf(key: unknown, value: unknown, reading: Reading): ConfigEntry {
  const name = nodeOf(key as ParsedNode | null, reading);
  const node = nodeOf(value as ParsedNode | null, { ...reading, outer: name.position });
  return { key: name.kind === 'scalar' ? name.text : '', position: name.position, node };
}

/** The messages of the parser quote the file, which may hold a secret: these quote nothing. */
const SYNTAX: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'This alias (*) names no anchor (&) above it.',
  BAD_INDENT: 'The indentation fits no line above.',
  BLOCK_AS_IMPLICIT_KEY: 'A value cannot go on with a map here: put texts that have ": " in quotes.',
  DUPLICATE_KEY: 'This key stands twice in the same map.',
  MISSING_CHAR: 'A quote, a bracket, a colon or a blank is missing.',
  MULTILINE_IMPLICIT_KEY: 'A key must be on one line.',
  MULTIPLE_DOCS: 'The file holds a second document (---): one file has one.',
  TAB_AS_INDENT: 'A tab indents this line: use blanks.',
};

function syntaxProblem(code: string, position: FilePosition): ConfigProblem {
  const message = SYNTAX[code] ?? 'The text from here on is no YAML, or no JSON.';
  const remedy =
    'Correct it: look at the indentation, the quotes, the brackets and the commas of this line and of the one before.';
  return { position, key: '', code: 'CLI_CONFIG_SYNTAX', message, remedy };
}
