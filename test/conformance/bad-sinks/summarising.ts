import type { CallSummary, StoreSink, SummaryRequest } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about sums of calls. */
export const badWithSummarising: Breakages = {
  'a summary adds up the calls of a period, by the days and hours of its zone': (good) =>
    changingSummary(good, (summary) => ({
      ...summary,
      hours: summary.hours.map((hour) => ({ ...hour, answered: hour.calls })),
    })),

  'a summary counts the rows of the campaign that it names, or of all': (good) =>
    changingRequest(good, (request) => ({ ...request, campaign: null })),

  'a summary names the most frequent ones, and its totals count the others too': (good) =>
    changingSummary(good, (summary) => {
      const { agents } = summary;
      const calls = agents.reduce((sum, agent) => sum + agent.calls, 0);
      return { ...summary, allAgents: { ...summary.allAgents, calls } };
    }),

  'a summary of a time zone that is none is refused': (good) =>
    changingRequest(good, (request) => ({
      ...request,
      timeZone: request.timeZone.startsWith('Mars') ? 'UTC' : request.timeZone,
    })),
};

function changingSummary(good: StoreSink, change: (summary: CallSummary) => CallSummary): Partial<StoreSink> {
  const { summarising } = good;
  if (summarising === undefined) return {};
  return {
    summarising: { summarise: async (request, options) => change(await summarising.summarise(request, options)) },
  };
}

function changingRequest(good: StoreSink, change: (request: SummaryRequest) => SummaryRequest): Partial<StoreSink> {
  const { summarising } = good;
  if (summarising === undefined) return {};
  return { summarising: { summarise: (request, options) => summarising.summarise(change(request), options) } };
}
