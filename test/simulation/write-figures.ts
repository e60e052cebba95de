import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_KINDS } from './fault-kinds.ts';
import { DAYS_A_WORLD, type SimulationReport } from './simulate-days.ts';
import { INVARIANTS } from './violations.ts';

const FILE = join(import.meta.dirname, '../../docs/reliability.md');
const BEGIN = '<!-- figures: printed by npm run simulate -- --write -->';
const END = '<!-- end of figures -->';

/** Writes the figures of a run into docs/reliability.md, in place of the former ones. */
export function writeFigures(report: SimulationReport, kinds: readonly string[] | null): void {
  const page = readFileSync(FILE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error(`${FILE} has no place for figures.`);
  writeFileSync(FILE, `${before}${BEGIN}\n${figuresOf(report, kinds)}${END}${after}`);
}

function figuresOf({ days, seed, worlds }: SimulationReport, kinds: readonly string[] | null): string {
  const hours = sum(worlds.map((world) => world.hours));
  const broken = worlds.filter(({ violations }) => violations.length > 0);
  const last = seed + worlds.length - 1;
  const isWhole = worlds.length * DAYS_A_WORLD >= days;
  const only = kinds === null ? '' : ` --kinds ${kinds.join(',')}`;
  const targets = Map.groupBy(worlds, ({ target }) => target);
  const lines = [
    `\`npm run simulate -- --days ${days} --seed ${seed}${only}\`: ${Math.floor(hours / 24)} days in ${worlds.length} worlds, seeds ${seed} to ${last}.`,
    ...(isWhole ? [] : [`The run was interrupted after ${worlds.length} of ${Math.ceil(days / DAYS_A_WORLD)} worlds.`]),
    `Days by target: ${Array.from(targets, ([name, of]) => `${name} ${Math.floor(sum(of.map((world) => world.hours)) / 24)}`).join(', ')}.`,
    '',
    broken.length === 0
      ? 'Every promise was kept.'
      : `A promise was broken in ${broken.length} worlds, each simulated up to there:`,
    ...(broken.length === 0
      ? []
      : ['', '| seed | target | day | hour | promise | what |', '| --- | --- | --- | --- | --- | --- |']),
    ...broken.map(({ seed: of, target, violations: [first] }) =>
      first
        ? `| ${of} | ${target} | ${first.day} | ${first.hour} | ${first.invariant} | ${first.what.replaceAll('|', '/')} |`
        : '',
    ),
    '',
    '| fault | times | | promise | checks |',
    '| --- | --- | --- | --- | --- |',
    ...rowsOf(
      FAULT_KINDS.map((kind) => [kind, sum(worlds.map(({ faults }) => faults[kind] ?? 0))] as const),
      INVARIANTS.map((name) => [name, sum(worlds.map(({ checks }) => checks[name] ?? 0))] as const),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

type Count = readonly [string, number];

function rowsOf(faults: readonly Count[], checks: readonly Count[]): readonly string[] {
  const cells = (count: Count | undefined) => (count ? `${count[0]} | ${count[1].toLocaleString('en')}` : ' | ');
  return faults.map((fault, at) => `| ${cells(fault)} | | ${cells(checks[at])} |`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
