import type { Observer } from '@dbsync/core';
import { collectDefaultMetrics } from 'prom-client';
import type { MetricsOptions } from '../options/run-options.js';
import { createRunFigures } from './metrics-figures.js';
import { readinessOf } from './metrics-readiness.js';
import { createRunMetrics } from './metrics-registry.js';
import { type MetricsPage, type MetricsServer, startMetricsServer } from './metrics-server.js';

/** The pages of a run for monitoring: `/metrics`, `/livez` and `/readyz`. Served until it is disposed of. */
export interface Metrics extends MetricsServer {
  readonly observe: Observer;
}

export interface MetricsContext {
  readonly intervalMs: number;
  /** Codes that may become labels; more may be added. */
  readonly codes: Readonly<Record<string, unknown>>;
  readonly version: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Opens the pages. Throws `CLI_METRICS_PORT` where it cannot listen. */
export async function openMetrics(
  options: MetricsOptions,
  { intervalMs, codes, version, now }: MetricsContext,
): Promise<Metrics> {
  const figures = createRunFigures(now);
  const isKnownCode = (code: string) => Object.hasOwn(codes, code);
  const { registry, observe } = createRunMetrics({ figures, isKnownCode, version });
  const server = await startMetricsServer(
    options,
    new Map([
      ['/metrics', async () => ({ status: 200, contentType: registry.contentType, body: await registry.metrics() })],
      // A process that answers is alive: it waits for the end of an outage, and a restart would not shorten it.
      ['/livez', async () => jsonLine(200, { alive: true })],
      [
        '/readyz',
        async () => {
          const readiness = readinessOf(figures, intervalMs);
          return jsonLine(readiness.ready ? 200 : 503, readiness);
        },
      ],
    ]),
  );
  // The monitors of these metrics belong to the process and do not hold it open: only a server that listens starts
  // them.
  collectDefaultMetrics({ register: registry });
  return {
    ...server,
    observe: (event) => {
      figures.observe(event);
      observe(event);
    },
  };
}

function jsonLine(status: number, value: object): MetricsPage {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}
