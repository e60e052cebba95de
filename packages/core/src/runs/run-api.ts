import { type ApiClient, createApiClient } from '../fetch/api-client.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** Opens the way to the campaign's API. Close it at the end. */
export function createRunApi(
  settings: RunSettings,
  { clock, observe, transport }: Pick<RunContext, 'clock' | 'observe' | 'transport'>,
): ApiClient {
  return createApiClient({ ...settings, clock, observe, ...(transport && { transport }) });
}
