import { systemClock } from '@dbsync/core';
import { readMetricsPassword } from '../options/metrics-options.js';
import type { RunOptions } from '../options/run-options.js';
import { lineJson } from '../reporting/json-line.js';
import type { Metrics } from '../reporting/metrics.js';
import { packageVersion } from '../version.js';
import type { CommandContext } from './command-context.js';

/** Opens the metrics; null where no port is given. Their modules are loaded only where they are wanted. */
export async function metricsOf(
  { metrics: address, json }: Pick<RunOptions, 'metrics' | 'json'>,
  { output, codes, guard }: CommandContext,
  { hasMany }: { readonly hasMany: boolean },
): Promise<Metrics | null> {
  if (address === null) return null;
  const { openMetrics } = await import('../reporting/metrics.js');
  const password = await readMetricsPassword(address.passwordFile, guard);
  const server = { ...address, password };
  const metrics = await openMetrics(server, { codes, version: packageVersion(), hasMany, clock: systemClock });
  const texts = [`Metrics: ${metrics.url}/metrics`];
  if (metrics.warning === null) texts.push(`Status page: ${metrics.url}/`);
  for (const text of texts) {
    if (json) output.json(lineJson('log', 'info', { text }));
    else output.line(text);
  }
  return metrics;
}
