import type { RunOptions } from '../options/run-options.js';
import { lineJson } from '../reporting/json-line.js';
import type { Metrics } from '../reporting/metrics.js';
import { packageVersion } from '../version.js';
import type { CommandContext } from './command-context.js';

/** Opens the metrics; null where no port is given. Their modules are loaded only where they are wanted. */
export async function metricsOf(
  { metrics: address, json }: Pick<RunOptions, 'metrics' | 'json'>,
  { output, codes }: CommandContext,
  { hasMany }: { readonly hasMany: boolean },
): Promise<Metrics | null> {
  if (address === null) return null;
  const { openMetrics } = await import('../reporting/metrics.js');
  const metrics = await openMetrics(address, { codes, version: packageVersion(), hasMany });
  const text = `Metrics: ${metrics.url}/metrics`;
  if (json) output.json(lineJson('log', 'info', { text }));
  else output.line(text);
  return metrics;
}
