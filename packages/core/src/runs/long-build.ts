import { withDeadline } from '../concurrency/deadline.js';
import type { BuildStep, CallOptions } from '../contract/index.js';
import type { StoreSession } from './session.js';

/**
 * The longest time of such a call. To build keys or indexes of a large copy may take hours, and to read what is loaded may
 * take minutes. The lease shows whether the target still answers.
 */
const MOST_BUILD_MS = 24 * 3_600_000;

/** The options of a call that builds something. */
export type BuildOptions = CallOptions & { readonly onStep: (step: BuildStep) => void };

/** Makes a call that may take as long as a build, and reports each step that it names. */
export function longBuild<T>(
  { context, observe, stop }: StoreSession,
  build: (options: BuildOptions) => Promise<T>,
): Promise<T> {
  const onStep = (step: BuildStep) => observe({ type: 'building', ...step });
  return withDeadline(context.storeClock, MOST_BUILD_MS, stop, (call) => build({ ...call, onStep }));
}
