import { expect, it } from 'vitest';
import { createSecretGuard } from '../reporting/secret-guard.js';
import { createOutput } from './output.js';
import { printReport } from './print-report.js';
import { wrapText } from './wrap-text.js';

const SECRET = 'a pass phrase, of some words';
const report = {
  type: 'sample',
  text: `A sentence that ends near the edge of the screen, with the token ${SECRET} in it`,
};
const lines = ({ text }: typeof report) => wrapText(text, 80);

it('masks a secret that wrapping would break over two lines', () => {
  const { printed, output } = guarded();
  printReport({ values: new Map(), output }, report, { lines });
  expect(lines(report).join('\n')).not.toContain(SECRET);
  expect(printed()).toBe(`${lines({ ...report, text: report.text.replace(SECRET, '***') }).join('\n')}\n`);
});

it('prints the documented object with --json', () => {
  const { printed, output } = guarded();
  const printing = { values: new Map([['json', 'true']]), output };
  printReport(printing, report, { lines });
  printReport(printing, report, { lines, json: ({ type }) => ({ type }) });
  expect(
    printed()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([{ ...report, text: report.text.replace(SECRET, '***') }, { type: 'sample' }]);
});

function guarded() {
  const written: string[] = [];
  const guard = createSecretGuard();
  guard.protect([SECRET]);
  const stream = { write: (text: string) => void written.push(text), on: () => {} };
  return { printed: () => written.join(''), output: createOutput(stream, guard.redact) };
}
