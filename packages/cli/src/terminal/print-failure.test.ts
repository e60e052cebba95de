import { expect, it } from 'vitest';
import type { ReaderLanguage } from '../languages/reader-language.js';
import { createOutput } from './output.js';
import { printFailure } from './print-failure.js';
import { printNotice } from './print-notice.js';

const spanish: ReaderLanguage = {
  words: (text) => text,
  explain: (code) => (code === 'LAMP_OFF' ? { what: 'La lámpara está apagada.', remedy: 'Enciéndala.' } : null),
  addSinks: () => {},
  useSinkOf: () => {},
};
const FAILURE = { message: 'Lamp 7 is off.', what: 'A lamp is off.', remedy: 'Switch it on.', exit: 3 } as const;

function printed(language: ReaderLanguage | undefined, code: string, json = false) {
  let text = '';
  const stream = {
    write: (part: string) => {
      text += part;
    },
    on: () => {},
  };
  const output = createOutput(stream, (plain) => plain, language);
  printFailure({ ...FAILURE, code }, output, json);
  printNotice({ level: 'warn', code, message: FAILURE.message }, output, json);
  return text;
}

it('prints in English the message of the error, and its remedy', () => {
  expect(printed(undefined, 'LAMP_OFF')).toBe('LAMP_OFF: Lamp 7 is off.\n  Switch it on.\nLAMP_OFF: Lamp 7 is off.\n');
});

it('prints in another language what the code means, the message, and the remedy', () => {
  const explained = 'LAMP_OFF: La lámpara está apagada.\n  Lamp 7 is off.\n  Enciéndala.\n';
  expect(printed(spanish, 'LAMP_OFF')).toBe(explained + explained);
});

it('prints a code without a translation as in English', () => {
  expect(printed(spanish, 'LAMP_LOST')).toBe(printed(undefined, 'LAMP_LOST'));
});

it('prints --json in English', () => {
  for (const line of printed(spanish, 'LAMP_OFF', true).trim().split('\n')) {
    expect(JSON.parse(line)).toMatchObject({ code: 'LAMP_OFF', message: 'Lamp 7 is off.' });
    expect(line).not.toContain('lámpara');
  }
});
