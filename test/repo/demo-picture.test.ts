import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { excerptOf, svgOf } from '../../scripts/draw-demo.ts';
import { repositoryFiles, repositoryRoot } from './source-files.ts';

describe('the picture of the demo', () => {
  const textOf = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
  const text = textOf('docs/demo.txt');

  it('is drawn from docs/demo.txt (else run `node scripts/draw-demo.ts --redraw`)', () => {
    expect(textOf('docs/demo.svg')).toBe(svgOf(text));
  });

  it('shows only lines that the demo prints today (else run `node scripts/draw-demo.ts`)', () => {
    const printers = repositoryFiles().filter(
      ({ path }) => path === 'scripts/demo.ts' || /^packages\/cli\/src\/(?:reporting|terminal)\/[^.]+\.ts$/.test(path),
    );
    const sources = printers.map((file) => file.text).join('\n');
    expect(strangeLines(text, sources)).toEqual([]);
    expect(strangeLines('2. db_sync keeps the copy warm\n  rows stolen     7\n', sources)).toHaveLength(2);
  });

  it('is recognised by its lines, with the end of the copy and the last cycles', () => {
    const cycles = [1, 2, 3, 4, 5].map((nr) => `   ${nr} contacts`);
    const printed = ['1. x', '', '5 %, a', '9 %, b', 'db_init ended', '  rows  1', '', '2. y', '', ...cycles, ''];
    const tables = ['3. z', '', '   table', '', 'more'];
    expect(excerptOf([...printed, ...tables].join('\n'))).toBe(
      `$ npm run demo\n\n1. x\n\n9 %, b\n9 %, b\ndb_init ended\n  rows  1\n\n2. y\n\n${cycles.slice(1).join('\n')}\n\n3. z\n\n   table\n`,
    );
    expect(svgOf('a < b\n')).toContain('>a &lt; b</text>');
  });
});

/** Lines that no template or label of the sources makes. Tables and progress bars are made of values alone. */
function strangeLines(text: string, sources: string): readonly string[] {
  const templates = [...sources.matchAll(/`([^`]{4,200})`|'([^'\n]{4,200})'/g)]
    .map(([, template, text]) => template ?? text ?? '')
    .filter((template) => template.replace(/\$\{[^}]*\}|\s/g, '').length >= 10)
    .map(asPattern);
  return text.split('\n').filter((line) => {
    if (line === '' || line.startsWith('$ ') || /^ {3}(?:table|mcall_\w+) /.test(line) || /^\d+ %, /.test(line))
      return false;
    const label = /^ {2}([a-zA-Z/][a-zA-Z/ ]*?) {2,}/.exec(line)?.[1];
    if (label !== undefined) return !sources.includes(`'${label}'`);
    return !templates.some((template) => template.test(line));
  });
}

function asPattern(template: string): RegExp {
  const parts = template.trim().split(/\$\{[^}]*\}/);
  return new RegExp(`^ *${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
}
