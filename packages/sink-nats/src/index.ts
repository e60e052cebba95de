import type { EndpointSink, SinkTarget } from '@dbsync/core/contract';
import { createNatsEndpoint } from './nats-endpoint.js';
import { readSettings } from './nats-settings.js';

export { errorCodes } from './error-codes.js';

/** Creates the sink behind `nats:`. Connects to nothing yet. @throws a fatal SinkError on bad options */
export function createSink(target: SinkTarget): EndpointSink {
  return createNatsEndpoint(readSettings(target));
}
