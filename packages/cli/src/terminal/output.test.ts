import { describe, expect, it } from 'vitest';
import { createOutput, type OutputStream } from './output.js';

function stream(isTTY: boolean) {
  const written: string[] = [];
  let fail: (error: Error) => void = () => {};
  const as: OutputStream = {
    isTTY,
    columns: 100,
    write: (text, done) => {
      written.push(text);
      done?.();
    },
    on: (_, listener) => {
      fail = listener;
    },
  };
  return { as, text: () => written.join(''), fail: () => fail(new Error('EPIPE')) };
}

const hide = (text: string) => text.replaceAll('secret', '***');

describe('createOutput', () => {
  it('masks secrets and writes out what a terminal would obey', () => {
    const { as, text } = stream(false);
    createOutput(as, hide).line('a secret\n\u001b[31mred\u0007 \u202e');
    expect(text()).toBe('a ***\n\\u001b[31mred\\u0007 \\u202e\n');
  });

  it.each([
    ['C0', '\u001b[31m', '\\u001b[31m'],
    ['DEL', '\u007f', '\\u007f'],
    ['C1', '\u009b31m\u0085', '\\u009b31m\\u0085'],
    ['direction', '\u202e\u2066\u061c\u200f', '\\u202e\\u2066\\u061c\\u200f'],
    ['no width', '\u200b\u200d\u2060\ufeff\u00ad\u180e\u3164', '\\u200b\\u200d\\u2060\\ufeff\\u00ad\\u180e\\u3164'],
    ['tags', '\u{e0041}', '\\udb40\\udc41'],
    ['separators', '\u2028\u2029', '\\u2028\\u2029'],
  ])('writes out %s in lines, in what is drawn and in JSON, and JSON keeps its value', (_, hidden, shown) => {
    for (const write of ['line', 'draw', 'json'] as const) {
      const { as, text } = stream(true);
      createOutput(as, hide)[write](`a${hidden}z`);
      expect(text().trim()).toBe(write === 'json' ? `"a${shown}z"` : `a${shown}z`);
      if (write === 'json') expect(JSON.parse(text())).toBe(`a${hidden}z`);
    }
  });

  it('masks the texts of an object before they are cut, and keeps all else', () => {
    const { masked } = createOutput(stream(false).as, hide);
    const at = new Date(0);
    expect(masked({ list: ['a secret'], in: { text: 'secret' }, none: null, big: 1n, at })).toEqual({
      list: ['a ***'],
      in: { text: '***' },
      none: null,
      big: 1n,
      at,
    });
  });

  it('leaves letters of every script as they are', () => {
    const { as, text } = stream(false);
    createOutput(as, hide).line('Łódź Zürich 東京 عربي עברית 😀');
    expect(text()).toBe('Łódź Zürich 東京 عربي עברית 😀\n');
  });

  it('leaves an emoji whole, and writes out the characters of one that stand elsewhere', () => {
    const { as, text } = stream(false);
    const output = createOutput(as, hide);
    output.line('❤️ 👩🏽‍💻 1️⃣ 🏴󠁧󠁢󠁷󠁬󠁳󠁿');
    output.json('❤️ 👨‍👩‍👧');
    output.line('a\u200db\ufe0f');
    expect(text()).toBe('❤️ 👩🏽‍💻 1️⃣ 🏴󠁧󠁢󠁷󠁬󠁳󠁿\n"❤️ 👨‍👩‍👧"\na\\u200db\\ufe0f\n');
  });

  it('masks texts in JSON and leaves it JSON', () => {
    const { as, text } = stream(false);
    createOutput(as, hide).json({ type: 'x', message: 'the "secret"', epoch: 5n, huge: 2n ** 64n, rows: 12 });
    expect(JSON.parse(text())).toEqual({
      type: 'x',
      message: 'the "***"',
      epoch: 5,
      huge: '18446744073709551616',
      rows: 12,
    });
    expect(text().endsWith('\n')).toBe(true);
  });

  it('takes away on a terminal what was drawn, as the next line comes', async () => {
    const { as, text } = stream(true);
    const output = createOutput(as, hide);
    output.draw('10 %');
    output.draw('20 %');
    output.line('done');
    output.line('more');
    await output.flush();
    expect(text()).toBe('10 %\r\u001b[2K20 %\r\u001b[2Kdone\nmore\n');
  });

  it('draws nothing where there is no terminal', () => {
    const { as, text } = stream(false);
    createOutput(as, hide).draw('10 %');
    expect(text()).toBe('');
  });

  it('falls silent when its reader is gone', async () => {
    const { as, text, fail } = stream(false);
    const output = createOutput(as, hide);
    output.line('one');
    fail();
    output.line('two');
    await output.flush();
    expect(text()).toBe('one\n');
  });
});
