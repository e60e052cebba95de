import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redaction.js';

/** Long and odd enough that a text does not hold it by chance, and no word. */
const secret = fc
  .string({ minLength: 8, unit: 'binary' })
  .filter((text) => new Set(text).size > 5 && /[^\p{L}\d_.:-]/u.test(text));

describe('createRedactor', () => {
  it('masks a secret however it is written', () => {
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      encodeURIComponent,
      (text) => encodeURIComponent(encodeURIComponent(text)),
      (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
      (text) => new URLSearchParams([['x', text]]).toString().slice(2),
      (text) => JSON.stringify(text).slice(1, -1),
      (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
      (text) => new URL(`http://u:${encodeURIComponent(text)}@h`).password,
    ];
    fc.assert(
      fc.property(secret, fc.constantFrom(...forms), (text, write) => {
        expect(createRedactor([text])(`before <${write(text)}> after`)).toBe('before <***> after');
      }),
    );
  });

  it('leaves every other text as it is', () => {
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 7 }), (text, other) => {
        expect(createRedactor([text])(other)).toBe(other);
      }),
    );
  });

  it('masks all of several, the longer one first', () => {
    expect(createRedactor(['ab+cd', 'ab+cd+ef', ''])('ab+cd ab+cd+ef ab')).toBe('*** *** ab');
  });

  it.each(['ab', 'dbsync', 'sommer2024', '12345678'])(
    'masks %s, which is short or a word, where it is a value',
    (word) => {
      const redact = createRedactor([word]);
      const texts: readonly ((value: string) => string)[] = [
        (value) => value,
        (value) => `mysql://u:${value}@host`,
        (value) => `login failed: password=${value}, user=u`,
        (value) => `Authorization: Bearer ${value}`,
        (value) => `https://host/x?access_token=${value}&limit=10`,
        (value) => JSON.stringify({ user: 'u', Password: value }),
        (value) => JSON.stringify(JSON.stringify({ user: 'u', api_key: value })),
        (value) => `api_password: '${value}'`,
      ];
      for (const text of texts) expect(redact(text(word))).toBe(text('***'));
    },
  );

  it.each(['ab', 'dbsync', 'dbsync2', 'contacts', '2026', '127.0.0.1'])(
    'leaves %s alone, which is short or a word, where it is part of another text',
    (word) => {
      const texts = [
        `/var/lib/${word}/state.db cannot be opened`,
        `INSERT INTO ${word} (a) VALUES (1)`,
        `role "${word}" does not exist`,
        `start ${word} again at 2026-01-02 from 127.0.0.1`,
        `password=${word}s`,
      ];
      for (const text of texts) expect(createRedactor([word])(text)).toBe(text);
    },
  );

  it('does not lose itself in backslashes', () => {
    const redact = createRedactor(['\\'.repeat(40)]);
    const text = `${'\\'.repeat(39)}x`.repeat(500);
    expect(redact(text)).toBe(text);
  });

  it('without secrets changes nothing', () => {
    expect(createRedactor([])('text')).toBe('text');
  });
});
