import type { AgentSums, CallSummary, NamedCount, Summarising } from '@dbsync/core/contract';
import type { RawBuilder } from 'kysely';
import type { ViewDialect } from './engine/engine-views.js';
import type { OpenDatabase } from './open-database.js';
import { storedCount } from './stream/stored-whole.js';
import { copyMissing } from './views/copy-missing.js';
import { type SummaryRow, summaryQueries } from './views/summary-queries.js';

/** Creates the part of a store that adds up calls for a report. */
export function createSqlSummarising({ call }: Pick<OpenDatabase, 'call'>, dialect: ViewDialect): Summarising {
  return {
    summarise: (request, options) =>
      call(options, async (context, schema): Promise<CallSummary> => {
        schema.forget();
        const state = await schema.current(options);
        if (state.plans === null) throw copyMissing('A report needs');
        const queries = summaryQueries(context, dialect, state, request);
        const read = async (query: RawBuilder<SummaryRow>) => (await query.execute(context.session.db, options)).rows;
        const one = async (query: RawBuilder<SummaryRow>) => (await read(query))[0] ?? {};
        const named = async (query: RawBuilder<SummaryRow>) => (await read(query)).map(namedCount);
        const agents = (await read(queries.agents)).map((row) => ({ agent: String(row.agent), ...agentSums(row) }));
        const outcomes = await named(queries.outcomes);
        // Fewer than the most are all: then no second look at all calls is needed.
        const isAll = (rows: readonly unknown[]) => rows.length < request.most;
        return {
          hours: (await read(queries.hours)).map((row) => ({
            day: String(row.day),
            hour: storedCount(row.hour),
            ...callSums(row),
          })),
          agents,
          allAgents: isAll(agents)
            ? { agents: agents.length, ...sumOf(agents) }
            : await one(queries.allAgents).then((row) => ({ agents: storedCount(row.agents), ...agentSums(row) })),
          outcomes,
          allOutcomes: isAll(outcomes)
            ? outcomes.reduce((sum, { count }) => sum + count, 0)
            : storedCount((await one(queries.allOutcomes)).amount),
          inbound: await one(queries.inbound).then((row) => ({
            calls: storedCount(row.calls),
            answered: storedCount(row.answered),
            waitSec: seconds(row.wait_sec),
          })),
          statuses: await named(queries.statuses),
          allContacts: storedCount((await one(queries.allContacts)).amount),
        };
      }),
  };
}

function callSums({ calls, answered, talk_sec: talk }: SummaryRow) {
  return { calls: storedCount(calls), answered: storedCount(answered), talkSec: seconds(talk) };
}

function agentSums(row: SummaryRow) {
  const { transactions, successes } = row;
  return { transactions: storedCount(transactions), successes: storedCount(successes), ...callSums(row) };
}

function sumOf(agents: readonly AgentSums[]): AgentSums {
  const sum = (name: keyof AgentSums) => agents.reduce((total, sums) => total + sums[name], 0);
  return {
    transactions: sum('transactions'),
    successes: sum('successes'),
    calls: sum('calls'),
    answered: sum('answered'),
    talkSec: seconds(sum('talkSec')),
  };
}

function namedCount({ name, amount }: SummaryRow): NamedCount {
  return { name: String(name), count: storedCount(amount) };
}

/** Reads a sum of seconds, which a driver hands out as a number or a text; none is 0. */
function seconds(value: unknown): number {
  const sum = Number(value ?? 0);
  return Number.isFinite(sum) ? Math.round(sum * 1000) / 1000 : 0;
}
