import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchEngine } from './bench-engine.ts';
import type { Stage } from './cpu-stages.ts';
import { profileInit } from './measured-run.ts';
import type { SimulatorProcess } from './simulator-process.ts';

export interface CpuMeasurement {
  /** CPU seconds of `fetch` and `JSON.parse` of the same bodies, as a process of their own. */
  readonly bareSeconds: number;
  /** The share of each stage in the CPU time of a copy. */
  readonly stages: ReadonlyMap<Stage, number>;
}

/** Measures the parts of a copy's CPU time, in a second copy under the profiler, and the least that the bodies cost. */
export async function measureCpu(
  { apiUrl, campaign, token }: SimulatorProcess,
  open: () => Promise<BenchEngine>,
): Promise<CpuMeasurement> {
  await using engine = await open();
  const stages = await profileInit({ apiUrl, campaign, token, target: engine.target });
  const reader = join(import.meta.dirname, 'bare-reader.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [reader, apiUrl, campaign, token]);
  return { bareSeconds: JSON.parse(stdout).cpuSeconds, stages };
}
