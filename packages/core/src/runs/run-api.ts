import { type ApiClient, createApiClient } from '../fetch/api-client.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** Opens the connection to the campaign's API. The caller closes it at the end. */
export function createRunApi(
  settings: RunSettings,
  { clock, observe, transport, share }: Pick<RunContext, 'clock' | 'observe' | 'transport' | 'share'>,
): ApiClient {
  const { apiUrl, apiProxy = null, apiAuthorities = null } = settings;
  const shared = share?.join({ apiUrl, proxy: apiProxy, authorities: apiAuthorities }) ?? null;
  return createApiClient({ ...settings, clock, observe, shared, ...(transport && { transport }) });
}
