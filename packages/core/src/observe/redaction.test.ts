import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redaction.js';

/** Long and odd enough that a text does not hold it by chance. */
const secret = fc.string({ minLength: 8, unit: 'binary' }).filter((text) => new Set(text).size > 5);

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
    expect(createRedactor(['abcd', 'abcdef', ''])('abcd abcdef abc')).toBe('*** *** abc');
  });

  it('masks a short one only as the password of a URL', () => {
    expect(createRedactor(['ab'])('about mysql://u:ab@host')).toBe('about mysql://u:***@host');
  });

  it('does not lose itself in backslashes', () => {
    const redact = createRedactor(['\\'.repeat(40)]);
    const text = `${'\\'.repeat(39)}x`.repeat(500);
    expect(redact(text)).toBe(text);
  });

  it('without secrets changes nothing', () => {
    expect(createRedactor([])('text')).toBe('text');
  });
});
