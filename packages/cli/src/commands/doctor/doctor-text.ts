import { formatCounted } from '../../terminal/figures.js';
import { wrapText } from '../../terminal/wrap-text.js';
import type { DoctorFinding, DoctorLevel } from './doctor-finding.js';
import { NOT_CHECKED } from './run-parts.js';

const HEADINGS: Readonly<Record<DoctorLevel, string>> = {
  pass: 'Passed',
  'not-checked': 'Not checked',
  warn: 'Warnings',
  fail: 'Failures',
};

/** The screen fits a terminal of this width. */
const COLUMNS = 80;
const INDENT = 11;
/** The beginnings of the first line of a remedy, and of the others. */
const TO_DO = [`${' '.repeat(INDENT)}To do: `, ' '.repeat(INDENT + 'To do: '.length)] as const;

/**
 * Writes the report, failures last, so that they stand above the prompt. Remedies are not wrapped: they are pasted.
 */
export function doctorLines(findings: readonly DoctorFinding[]): readonly string[] {
  const groups = Object.keys(HEADINGS) as DoctorLevel[];
  return [
    ...groups.flatMap((level) => {
      const found = joined(findings.filter((finding) => finding.level === level));
      return found.length === 0 ? [] : [HEADINGS[level], ...found.flatMap(linesOf), ''];
    }),
    conclusion(findings),
  ];
}

/** Joins checks that were not made for the same reason into one line. */
function joined(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  const groups = Map.groupBy(findings, ({ part, check, what }) =>
    what.startsWith(NOT_CHECKED) ? `${part} ${what}` : `${part} ${check} ${what}`,
  );
  return Array.from(groups.values()).flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const names = [first, ...more].map(({ check }) => check).join(', ');
    return first.what.startsWith(NOT_CHECKED) ? [{ ...first, what: `${names}: ${first.what}` }] : [first, ...more];
  });
}

function linesOf({ part, what, remedy }: DoctorFinding): readonly string[] {
  const [first = '', ...more] = wrapText(what, COLUMNS, ' '.repeat(INDENT));
  const head = `  ${part}`.padEnd(INDENT) + first.slice(INDENT);
  const toDo = remedy === null ? [] : remedy.split('\n').map((line, index) => TO_DO[index === 0 ? 0 : 1] + line);
  return [head, ...more, ...toDo];
}

function conclusion(findings: readonly DoctorFinding[]): string {
  const count = (level: DoctorLevel) => findings.filter((finding) => finding.level === level).length;
  const failures = count('fail') === 0 ? 'No failures' : formatCounted(count('fail'), 'failure');
  return `${failures}, ${formatCounted(count('warn'), 'warning')}, ${count('not-checked')} not checked, ${count('pass')} passed.`;
}
