import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAnswerReader } from './answer-reader.js';

const ends = fc.constantFrom('\r\n', '\n');
const informational = fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\nLink: a\n\n');
const body = fc.string({ maxLength: 40 }).map((text) => Buffer.from(text, 'utf8').toString('latin1'));
const answers = fc
  .record({ end: ends, before: informational, pieces: fc.array(body, { maxLength: 4 }), isChunked: fc.boolean() })
  .map(({ end, before, pieces, isChunked }) => {
    const parts = pieces.filter((piece) => piece !== '');
    const whole = parts.join('');
    const chunks = parts.map((piece) => `${piece.length.toString(16)};x=y${end}${piece}${end}`).join('');
    const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${whole.length}`;
    const sent = isChunked ? `${chunks}0${end}X: y${end}${end}` : whole;
    const head = `HTTP/1.1 207 Some${end}Date: now${end}${length}${end}${end}`;
    return { text: `${before}${head}${sent}`, whole, isKept: end === '\r\n' };
  });

it('reads an answer the same wherever its bytes are cut', () => {
  fc.assert(
    fc.property(answers, fc.array(fc.nat(400), { maxLength: 6 }), ({ text, whole, isKept }, cuts) => {
      const bytes = Buffer.from(text, 'latin1');
      const at = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((one, other) => one - other);
      const reader = createAnswerReader();
      for (const [index, from] of at.slice(0, -1).entries()) {
        expect(reader.isComplete).toBe(from === bytes.length && from > 0);
        reader.push(bytes.subarray(from, at[index + 1]));
      }
      const { head } = reader;
      if (head === null) throw new Error('no head');
      expect(reader.isComplete).toBe(true);
      expect(reader.keepsConnection).toBe(isKept);
      expect(reader.answerOf(head)).toMatchObject({
        status: 207,
        date: 'now',
        beginning: Buffer.from(whole, 'latin1').toString('utf8'),
      });
      reader.push(Buffer.from('x'));
      expect(reader.keepsConnection).toBe(false);
    }),
  );
});

it('takes any bytes for an answer or refuses them, and never fails otherwise', () => {
  const texts = fc.string({ unit: fc.constantFrom('\r', '\n', ':', ' ', '0', 'a', ';', '\0') });
  fc.assert(
    fc.property(
      fc.constantFrom('', 'HTTP/1.1 200 ', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
      texts,
      (start, text) => {
        const reader = createAnswerReader();
        try {
          for (const byte of Buffer.from(start + text, 'latin1')) reader.push(Buffer.of(byte));
        } catch (error) {
          expect(error).toMatchObject({ code: 'HTTP_ANSWER_INVALID' });
        }
      },
    ),
  );
});
