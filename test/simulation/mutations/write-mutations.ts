import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MutationResult } from './mutate.ts';
import type { Mutation } from './mutation.ts';

const FILE = join(import.meta.dirname, '../../../docs/reliability.md');
const BEGIN = '<!-- mutations: printed by npm run simulate -- --mutate --write -->';
const END = '<!-- end of mutations -->';

/**
 * Writes results into docs/reliability.md. Rows of mutations that did not run this time stay; rows of removed mutations
 * go.
 */
export function writeMutations(results: readonly MutationResult[], mutations: readonly Mutation[]): void {
  const page = readFileSync(FILE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [table = '', after] = rest.split(END);
  if (after === undefined) throw new Error(`${FILE} has no place for mutations.`);
  const killers = new Map(results.map(({ mutation, killedBy }) => [mutation, killedBy ?? '**survived**']));
  const rows = mutations.flatMap((mutation) => {
    const begin = `| ${mutation.rule} | ${mutation.instead} | `;
    const earlier = table.split('\n').find((line) => line.startsWith(begin));
    const killer = killers.get(mutation);
    return killer === undefined ? (earlier ?? []) : `${begin}${killer.replaceAll('|', '/')} |`;
  });
  const lines = ['', '| rule | what was done instead | killed by |', '| --- | --- | --- |', ...rows, ''];
  writeFileSync(FILE, `${before}${BEGIN}${lines.join('\n')}${END}${after}`);
}
