import { expect, it } from 'vitest';
import { STATUS_WORDS } from './status-words.js';

/** Lists all texts with their places; a function is called with values of each kind that it may get. */
function texts(words: object, at = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(words)) {
    const key = `${at}${name}`;
    if (typeof value === 'string') found.set(key, value);
    else if (typeof value === 'function') {
      const args = NUMBERS_OF[name] ?? ['<a>', '<b>', '<c>', '<d>'];
      found.set(`${key}()`, value(...args.slice(0, value.length)));
    } else for (const [inner, text] of texts(value, `${key}.`)) found.set(inner, text);
  }
  return found;
}

/** The functions that take numbers. */
const NUMBERS_OF: Readonly<Record<string, readonly (string | number)[]>> = {
  count: [1_234],
  span: [90_000],
  rate: [0.5],
  heldBack: ['<a>', 12],
  waiting: [12, 7, '<c>'],
};

const english = texts(STATUS_WORDS.en);
const spanish = texts(STATUS_WORDS.es);

it('has each text in both languages', () => {
  expect([...spanish.keys()].sort()).toEqual([...english.keys()].sort());
  expect(english.size).toBeGreaterThan(80);
  for (const [key, text] of [...english, ...spanish]) expect(text.trim(), key).not.toBe('');
});

it('translates each text, and loses nothing that it is given', () => {
  const same = [...english].filter(([key, text]) => spanish.get(key) === text);
  // The units of time are the same.
  expect(same.map(([key]) => key)).toEqual(['span()']);
  for (const [key, text] of english) {
    for (const [part] of text.matchAll(/<[a-d]>|\b(?:12|7)\b|[A-Za-z0-9]*-letters list/g)) {
      expect(spanish.get(key), key).toContain(part);
    }
  }
});

it('writes numbers as each language does', () => {
  const { en, es } = STATUS_WORDS;
  expect([en.count(1_234_567), es.count(1_234_567)]).toEqual(['1,234,567', '1\u202f234\u202f567']);
  expect([en.span(1_500), es.span(1_500), es.span(62_000)]).toEqual(['1.5 s', '1,5 s', '1 min 2 s']);
  expect([en.rate(3.14), es.rate(3.14), en.rate(1_234), es.rate(99.96)]).toEqual(['3.1', '3,1', '1,234', '100,0']);
  expect([es.heldBack('x', 1), es.heldBack('x', 2)]).toEqual(['x; espera 1 mensaje.', 'x; esperan 2 mensajes.']);
});
