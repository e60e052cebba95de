import type { EndpointSink, SinkTarget } from '@dbsync/core/contract';
import { createWebhookEndpoint } from './webhook-endpoint.js';
import { readSettings } from './webhook-settings.js';

export { errorCodes } from './error-codes.js';

/** Creates the sink behind `http:` and `https:`. Connects to nothing yet. @throws a fatal SinkError on bad options */
export function createSink(target: SinkTarget): EndpointSink {
  return createWebhookEndpoint(readSettings(target), target.notify);
}
