import { describe, expect, it } from 'vitest';
import { forbiddenUses, forbiddenWords, otherPlaces } from './plain-words.ts';
import { repositoryFiles } from './source-files.ts';

const QUESTIONS = ['What', 'Of', 'As', 'Answers', 'How', 'Which', 'Why', 'Whether'];
const OPENINGS = [...QUESTIONS, 'So many', 'So long', 'For so long', 'Since when'];

describe('plain words', () => {
  const files = repositoryFiles();
  const glossary = files.find(({ path }) => path === 'docs/glossary.md')?.text ?? '';
  const forbidden = forbiddenWords(glossary);

  it('are all there are: comments, messages, documents and names have none of the words that docs/glossary.md forbids', () => {
    expect(forbidden.words.length).toBeGreaterThanOrEqual(10);
    expect(forbidden.openings).toEqual(OPENINGS);
    expect(forbidden.names.length).toBeGreaterThanOrEqual(17);
    expect(forbiddenUses(files, forbidden)).toEqual([]);
  });

  it('call nothing a place but the places of docs/glossary.md', () => {
    expect(otherPlaces(files)).toEqual([]);
    const taken = { path: 'test/a.ts', text: 'const place = await targets.createPlace(1);' };
    const index = { path: 'test/a.ts', text: '// Takes its place.\nitems.map((item, place) => show(place));' };
    expect(otherPlaces([taken])).toEqual([]);
    expect(otherPlaces([index])).toEqual(['test/a.ts:2: place', 'test/a.ts:2: place']);
  });

  it.each([
    ['a word in a comment', 'packages/core/src/a.ts', '/** Waits for nobody. */'],
    ['a word in the second line of a comment', 'test/a.test.ts', '/**\n * Waits.\n * Then begins anew.\n */'],
    ['two words over the end of a line', 'test/a.ts', '/**\n * The request was called\n * off.\n */'],
    ['a word in a message', 'packages/core/src/a.ts', "fail('Ask whoever runs the server.');"],
    ['a word in a template', 'packages/core/src/a.ts', `fail(\`Somebody changed \${name}.\`);`],
    ['a word in a document', 'docs/a.md', 'Nobody reads it.'],
    ['a doc comment that begins with What', 'packages/core/src/a.ts', '/** What a store does. */'],
    ['a doc comment that begins with Of, in the next line', 'packages/core/src/a.ts', '/**\n * Of the stage.\n */'],
    ['a line comment that begins with As', 'test/a.ts', '// As libpq does it.'],
    ['a doc comment that begins with How', 'test/a.ts', '/** How long it waits. */'],
    ['a doc comment that begins with So many', 'test/a.ts', '/** So many tables are kept. */'],
    ['a doc comment that begins with Answers', 'test/a.ts', '/** Answers one row. */'],
    ['a comment of SQL that begins with What', 'packages/core/src/a.ts', 'const SCHEMA = `\n  -- What waits.\n`;'],
    ['the title of a test', 'packages/core/src/a.test.ts', "it('waits for nobody', () => {});"],
    ['the title of many tests', 'test/a.test.ts', "it.each([\n  1,\n])('waits for nobody %i', () => {});"],
    ['a name', 'packages/core/src/a.ts', 'const turns = createTurns(signal);'],
    ['the end of a name', 'test/a.ts', 'interface StreamWish {}'],
    ['the beginning of a name', 'test/a.ts', 'function nobodyListens() {}'],
  ])('refuse %s', (_, path, text) => {
    expect(forbiddenUses([{ path, text }], forbidden)).toHaveLength(1);
  });

  it.each([
    ['a value of one word', 'packages/core/src/a.ts', "const user = 'nobody';"],
    ['a value of a test', 'packages/core/src/a.test.ts', "login('a user, nobody');"],
    ['a decision of another time', 'docs/adr/0001-a.md', 'Nobody needs it.'],
    ['the second line of a line comment', 'test/a.ts', '// The address is read\n// As a rule it is short.'],
    ['a longer word', 'packages/core/src/a.ts', '/** Asks whatever comes. */'],
  ])('allow %s', (_, path, text) => {
    expect(forbiddenUses([{ path, text }], forbidden)).toEqual([]);
  });
});
