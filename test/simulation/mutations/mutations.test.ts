import { describe, expect, it } from 'vitest';
import { repositoryFiles } from '../../repo/source-files.ts';
import { MUTATIONS } from './mutations.ts';
import { changeText } from './source-copy.ts';

const files = new Map(repositoryFiles().map(({ path, text }) => [path, text]));
const textOf = (path: string) => files.get(path) ?? '';
const page = textOf('docs/correctness.md');
const stated = [...page.matchAll(/^### (R\d+b?) /gm)].map((match) => match[1] ?? '');

describe('the mutations', () => {
  it('switch off every rule of docs/correctness.md, and no other', () => {
    expect(new Set(MUTATIONS.map(({ rule }) => rule))).toEqual(new Set(stated));
    expect(stated).toContain('R16b');
  });

  it('have rows of their own in docs/reliability.md', () => {
    const rows = MUTATIONS.map(({ rule, instead }) => `| ${rule} | ${instead} |`);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it.each(MUTATIONS)('$rule, $instead: changes one place of a source file', (mutation) => {
    expect(mutation.file).toMatch(/^packages\/[^/]+\/src\/.*(?<!\.test)\.ts$/);
    const text = textOf(mutation.file);
    expect(changeText(text, mutation)).not.toBe(text);
  });

  it.each(MUTATIONS.filter(({ killer }) => 'test' in killer))('$rule, $instead: has its tests', ({ killer }) => {
    if (!('test' in killer)) return;
    const ofEngine = /^(?:sqlite: )?(.*)$/.exec(killer.name)?.[1] ?? '';
    expect(textOf(killer.test)).toContain(ofEngine);
  });

  it('are refused where their text is not there, or twice', () => {
    const change = { file: 'a.ts', find: 'x', replace: 'y' };
    expect(changeText('x + 1', change)).toBe('y + 1');
    expect(() => changeText('1', change)).toThrow('a.ts has the text of a mutation 0 times: x');
    expect(() => changeText('x + x', change)).toThrow('a.ts has the text of a mutation 2 times: x');
  });
});
