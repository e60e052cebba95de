import { type ProfiledPlace, sourceOf } from './source-places.ts';

/** The stages of a copy, in the order of a contact's way. */
export const STAGES = ['start', 'fetch', 'parse', 'transform', 'encode', 'write', 'GC', 'rest'] as const;

export type Stage = (typeof STAGES)[number];

/** The part of a `.cpuprofile` of V8 that is read here. Times are in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was running at each sample. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: ProfiledPlace & { readonly functionName: string };
  readonly children?: readonly number[];
}

/** The first pattern that matches the source of a function names its stage. A function of any other place has its caller's stage. */
const PLACES: readonly (readonly [RegExp, Stage])[] = [
  [/^node:internal\/(?:modules|bootstrap)\//, 'start'],
  [/\/core\/src\/contract\/(?:parse|read)-json\.|\/core\/src\/fetch\/answer-weight\./, 'parse'],
  [/\/core\/src\/(?:transform|records)\//, 'transform'],
  [/\/sql\/src\/columns\/|\/sink-\w+\/src\/(?:copy-text|load-text|value-lists|bulk-rows)\./, 'encode'],
  [/\/sql\/src\/|\/sink-\w+\/src\/|\/core\/src\/emit\/|\/node_modules\/(?:pg|mysql2|tedious|kysely)\b/, 'write'],
  [/\/core\/src\/fetch\/|\/node_modules\/(?:got|cacheable-request)\b|^node:(?:_http|internal\/http)/, 'fetch'],
];

/** Returns the share of each stage in the time in which the main thread was busy. */
export function stagesOf({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<Stage, number> {
  const stageOfNode = nodeStages(nodes);
  const times = new Map<Stage, number>(STAGES.map((stage) => [stage, 0]));
  let busy = 0;
  for (const [index, node] of samples.entries()) {
    const stage = stageOfNode.get(node) ?? null;
    const time = timeDeltas[index] ?? 0;
    if (stage === null) continue;
    times.set(stage, (times.get(stage) ?? 0) + time);
    busy += time;
  }
  return new Map(Array.from(times, ([stage, time]) => [stage, time / busy]));
}

/** Returns the stage of each node; null: the thread was idle. Parents come before their children. */
function nodeStages(nodes: readonly ProfileNode[]): ReadonlyMap<number, Stage | null> {
  const stages = new Map<number, Stage | null>();
  for (const { id, callFrame, children = [] } of nodes) {
    const stage = ownStage(callFrame) ?? stages.get(id) ?? 'rest';
    stages.set(id, callFrame.functionName === '(idle)' ? null : stage);
    for (const child of children) stages.set(child, stage);
  }
  return stages;
}

function ownStage(frame: ProfileNode['callFrame']): Stage | undefined {
  if (frame.functionName === '(garbage collector)') return 'GC';
  const source = sourceOf(frame);
  return PLACES.find(([pattern]) => pattern.test(source))?.[1];
}
