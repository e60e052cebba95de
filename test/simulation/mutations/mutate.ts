import { basename } from 'node:path';
import { describeKiller, type Killer, type Mutation } from './mutation.ts';
import { type KillerEnd, runKillers } from './run-killers.ts';
import { copySources, type SourceCopy } from './source-copy.ts';

/** The result of one mutation. */
export interface MutationResult {
  readonly mutation: Mutation;
  /** The promise or the test that failed; null: the mutation survived, or a failure would prove nothing. */
  readonly killedBy: string | null;
}

/** Switches rules off, one at a time, in a copy of the sources, and checks whether the killer of each fails. */
export function mutate(mutations: readonly Mutation[], log: (line: string) => void): readonly MutationResult[] {
  using copy = copySources();
  const problem = copy.build();
  if (problem !== null) throw new Error(`The sources do not compile: ${problem}`);
  const unchanged = endsByKiller(
    copy,
    mutations.map(({ killer }) => killer),
  );
  return mutations.map((mutation) => {
    const before = unchanged.get(describeKiller(mutation.killer));
    const { killedBy, line } =
      before?.end === 'passed'
        ? attempt(copy, mutation)
        : { killedBy: null, line: `FAILS WITHOUT IT TOO: ${before?.what}` };
    log(`${mutation.rule}, ${mutation.instead}: ${line}`);
    return { mutation, killedBy };
  });
}

function attempt(copy: SourceCopy, mutation: Mutation): { readonly killedBy: string | null; readonly line: string } {
  copy.apply(mutation);
  const problem = copy.build();
  if (problem !== null) return { killedBy: null, line: `DOES NOT COMPILE: ${problem}` };
  const [result] = runKillers(copy, [mutation.killer]);
  if (result?.end === 'passed') return { killedBy: null, line: 'SURVIVED' };
  if (result?.end !== 'failed') return { killedBy: null, line: `PROVES NOTHING: ${result?.what}` };
  const killedBy = 'test' in mutation.killer ? `${basename(mutation.killer.test)}: ${result.what}` : result.what;
  return { killedBy, line: `killed by ${killedBy}` };
}

/** Runs each killer once, however many mutations name it. */
function endsByKiller(copy: SourceCopy, killers: readonly Killer[]): ReadonlyMap<string, KillerEnd> {
  const distinct = [...new Map(killers.map((killer) => [describeKiller(killer), killer])).values()];
  const ends = runKillers(copy, distinct);
  return new Map(distinct.flatMap((killer, at) => (ends[at] ? [[describeKiller(killer), ends[at]]] : [])));
}
