import type { Observer } from '@dbsync/core';
import { collectDefaultMetrics } from 'prom-client';
import type { MetricsOptions } from '../options/run-options.js';
import { createRunFigures } from './metrics-figures.js';
import { readinessOf } from './metrics-readiness.js';
import { createRunMetrics } from './metrics-registry.js';
import { type MetricsPage, type MetricsServer, startMetricsServer } from './metrics-server.js';

/** A run as monitoring sees it: `/metrics`, `/livez` and `/readyz`. Served until it is disposed of. */
export interface Metrics extends MetricsServer {
  readonly observe: Observer;
}

export interface MetricsContext {
  readonly intervalMs: number;
  /** Codes that may become labels; more may join them. */
  readonly codes: Readonly<Record<string, unknown>>;
  readonly version: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Throws `CLI_METRICS_PORT` where it cannot listen. */
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
      // Alive is who answers: an outage is waited for, and a restart would not shorten it.
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
  // The monitors behind these belong to the process and hold it open no longer: only a server that listens starts them.
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
