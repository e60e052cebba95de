import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Activity, ActivityEvent, ActivityKind } from '../campaign/activity.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { FaultSpec } from '../faults/fault-spec.js';
import { BadRequest, parseJson } from './query.js';
import { readBody } from './read-body.js';
import type { RequestCounts } from './request-counts.js';

/** The message of `POST /__control`: each part is carried out if it is there. */
export interface ControlMessage {
  readonly activity?:
    | { readonly start: number }
    | { readonly stop: true }
    | { readonly step: number; readonly kind?: ActivityKind };
  /** Replaces all faults; an empty list clears them. */
  readonly faults?: readonly FaultSpec[];
}

/** The answer of `/__control`. */
export interface ControlAnswer {
  readonly requests: RequestCounts;
  readonly struck: FaultPlan['struck'];
  /** The events that a step caused. */
  readonly events: readonly ActivityEvent[];
}

export interface ControlSource {
  readonly activity: Activity;
  readonly faults: FaultPlan;
  readonly counts: RequestCounts;
}

/** Lets another process drive the simulator: `POST` a message, or `GET` the counts alone. */
export async function serveControl(
  request: IncomingMessage,
  response: ServerResponse,
  source: ControlSource,
): Promise<void> {
  const message = request.method === 'POST' ? (parseJson(await readBody(request)) as ControlMessage) : {};
  if (message.faults) setFaults(message.faults, source.faults);
  const events = message.activity ? act(message.activity, source.activity) : [];
  const answer: ControlAnswer = { requests: source.counts, struck: source.faults.struck, events };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

function setFaults(specs: readonly FaultSpec[], faults: FaultPlan): void {
  try {
    faults.set(specs);
  } catch (error) {
    throw new BadRequest(400, String(error));
  }
}

function act(message: NonNullable<ControlMessage['activity']>, activity: Activity): readonly ActivityEvent[] {
  if ('step' in message) return activity.step(message.step, message.kind);
  if ('start' in message) activity.start(message.start);
  else activity.stop();
  return [];
}
