import { isAbsolute, join } from 'node:path';
import type { FailureCode } from '../error-codes.js';
import type { CommandOption } from '../options/command-option.js';
import { nearestName } from '../options/nearest-name.js';
import type { ConfigKey, ConfigKeys } from './config-keys.js';
import type { ConfigProblem, FilePosition } from './config-problem.js';
import type { ConfigEntry, ConfigNode } from './config-tree.js';

/** A key that a map has, with its value as a command line would have it. */
export interface GivenKey {
  readonly key: ConfigKey;
  readonly text: string;
  /** The path of the key in the file, such as `campaigns[2].interval`. */
  readonly path: string;
  /** The place of its value. */
  readonly position: FilePosition;
}

/** The keys of a map by their family, so that a stronger layer with `token-env` replaces a `token-file`. */
export type ConfigLayer = ReadonlyMap<string, GivenKey>;

/** The way in which maps are read. */
export interface LayerReading {
  /** The folder of the file: paths count from there. */
  readonly folder: string;
  readonly report: (problem: ConfigProblem) => void;
}

/**
 * Reads the options of a map.
 *
 * @param path of the map, such as `defaults`; empty for the file itself
 * @param others keys that the caller reads itself
 */
export function readLayer(
  node: ConfigNode,
  path: string,
  { keys, others = [] }: { readonly keys: ConfigKeys; readonly others?: readonly string[] },
  reading: LayerReading,
): ConfigLayer {
  const given = new Map<string, GivenKey>();
  for (const entry of entriesOf(node, path, reading)) {
    if (others.includes(entry.key)) continue;
    const key = keys.get(entry.key);
    const at = path === '' ? entry.key : `${path}.${entry.key}`;
    if (key === undefined) {
      reading.report(unknownKey(entry, path, [...others, ...keys.keys()]));
      continue;
    }
    const earlier = given.get(key.family);
    if (earlier !== undefined) {
      const message = `${entry.key} and ${earlier.key.name} contradict each other: both are given.`;
      reading.report(problemAt(entry.position, at, 'CLI_OPTION_CONFLICT', message, 'Leave one of them out.'));
      continue;
    }
    const text = textOf(entry.node, key, at, reading);
    if (text !== null) given.set(key.family, { key, text, path: at, position: entry.node.position });
  }
  return given;
}

/** Returns the entries of a map; none, and a problem, where the node is something else. */
export function entriesOf(node: ConfigNode, path: string, { report }: LayerReading): readonly ConfigEntry[] {
  if (node.kind === 'map') return node.entries();
  const message = `${path === '' ? 'The file' : path} has to be a map of keys and values.`;
  report(
    problemAt(
      node.position,
      path,
      'CLI_CONFIG_KEY',
      message,
      'Write a key and its value on each line, such as interval: 60.',
    ),
  );
  return [];
}

export function problemAt(
  position: FilePosition,
  key: string,
  code: FailureCode,
  message: string,
  remedy: string | null,
): ConfigProblem {
  return { position, key, code, message, remedy };
}

/** Names the nearest key. A long key that resembles none may be a secret at the wrong place, and is not shown. */
function unknownKey({ key, position }: ConfigEntry, path: string, known: readonly string[]): ConfigProblem {
  const where = path === '' ? 'at the top of the file' : path.startsWith('defaults') ? 'in defaults' : 'of a campaign';
  if (key === '<<') {
    const remedy = 'Put the keys that campaigns share under defaults, or give a whole value by an alias (*).';
    return problemAt(position, path, 'CLI_CONFIG_KEY', 'Merge keys (<<) are not read.', remedy);
  }
  const nearest = nearestName(key, known);
  const shown = nearest === null && key.length > 20 ? `${key.slice(0, 3)}...` : key;
  const meant = nearest === null ? 'See docs/configuration.md for all keys.' : `Did you mean ${nearest}?`;
  return problemAt(position, path, 'CLI_CONFIG_KEY', `There is no key ${shown} ${where}.`, meant);
}

/** Returns the value of a key as a text; null, and a problem, where it has another form. */
function textOf(node: ConfigNode, key: ConfigKey, path: string, { folder, report }: LayerReading): string | null {
  const { option, gives } = key;
  const separator = gives === 'value' ? separatorOf(option) : null;
  if (node.kind === 'scalar') return gives === 'value' ? atFolder(option, node.text, folder) : node.text;
  if (node.kind === 'nothing') {
    const remedy = option.mayBeEmpty ? 'Write "" for an empty text.' : 'Give it a value, or take the key out.';
    report(problemAt(node.position, path, 'CLI_OPTION_VALUE', `${key.name} has no value.`, remedy));
    return null;
  }
  if (node.kind === 'list' && separator !== null) {
    const items = node.items();
    if (items.every((item) => item.kind === 'scalar')) return items.map(({ text }) => text).join(separator);
  }
  const form = separator === null ? 'one value' : 'one value, or a list of values';
  report(problemAt(node.position, path, 'CLI_CONFIG_KEY', `${key.name} takes ${form}.`, `Write ${key.name}: VALUE.`));
  return null;
}

/** Returns the text between the items of a list; null: the option takes one value. */
export function separatorOf({ repeatable, separator }: CommandOption): string | null {
  return repeatable ? '\n' : (separator ?? null);
}

/** Returns a path that counts from the folder of the file. A program without a folder is searched in PATH. */
function atFolder({ name, path }: CommandOption, text: string, folder: string): string {
  if (path === undefined || text === '' || isAbsolute(text)) return text;
  return name === 'alert-command' && !text.includes('/') ? text : join(folder, text);
}
