import { describe, expect, it } from 'vitest';
import { repositoryFiles } from './source-files.ts';
import { onlyParts, sourceParts } from './source-parts.ts';

const kinds = (text: string, kind: string) =>
  sourceParts(text)
    .filter((part) => part.kind === kind)
    .map((part) => part.text);

describe('the parts of a source file', () => {
  it('tells strings, comments, regular expressions and code apart', () => {
    const text = `const a = 'it // is'; // not "that"\nconst b = a.replace(/["'/]+/g, "") / 2 / c; /* \`x\` */`;
    expect(kinds(text, 'string')).toEqual(["'it // is'", '""']);
    expect(kinds(text, 'comment')).toEqual(['// not "that"', '/* `x` */']);
    expect(kinds(text, 'regex')).toEqual([`/["'/]+/g`]);
  });

  it('goes in and out of templates', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    const text = 'f(`a ${b({ c: `d ${e}` })} // f`); // g';
    expect(kinds(text, 'string')).toEqual(['`a ${', '`d ${', '}`', '} // f`']);
    expect(kinds(text, 'comment')).toEqual(['// g']);
  });

  it('blanks what is not asked for and keeps lines', () => {
    expect(onlyParts("let a = 'x';\n// y\nb;", 'code')).toBe('let a =    ;\n    \nb;');
  });

  it('gives every file of the repository back unchanged', () => {
    const files = repositoryFiles().filter(({ path }) => path.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(30);
    for (const { path, text } of files) {
      const joined = sourceParts(text).map((part) => part.text);
      expect(joined.join('') === text, path).toBe(true);
    }
  });
});
