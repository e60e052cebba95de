import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manifestOf } from './manifest-of.js';
import { type NewSink, UnusableOption } from './new-sink.js';

const templates = join(import.meta.dirname, '..', 'templates');

/**
 * Writes the package into a folder that is empty or not there yet.
 *
 * @param coreVersion the version of dbsync that the package is written for
 * @throws {@link UnusableOption} where the folder is not empty: no file is overwritten
 */
export function writeSink(folder: string, sink: NewSink, coreVersion: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UnusableOption(`${folder} is not empty. Choose another --name, or empty it.`);
  for (const part of ['every-kind', sink.kind]) {
    for (const path of filesIn(join(templates, part))) {
      const text = readFileSync(join(templates, part, path), 'utf8');
      writeText(join(folder, path === 'gitignore' ? '.gitignore' : path), withNames(text, sink));
    }
  }
  writeText(join(folder, 'package.json'), `${JSON.stringify(manifestOf(sink, coreVersion), null, 2)}\n`);
}

/** Puts the names into a template, which is for a sink `dbsync-sink-example` of the scheme `example`. */
function withNames(text: string, { packageName, scheme }: NewSink): string {
  return text
    .replaceAll('dbsync-sink-example', packageName)
    .replace(/\bEXAMPLE_/g, `${scheme.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_`)
    .replace(/\bexample\b/g, scheme);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)).map((path) => join(entry.name, path)) : [entry.name],
  );
}

function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
