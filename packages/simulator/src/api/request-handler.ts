import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '../campaign/activity.js';
import type { Campaign } from '../campaign/campaign.js';
import type { FaultPlan, Strikes } from '../faults/fault-plan.js';
import { serveControl } from './control.js';
import type { EndpointName } from './endpoint-name.js';
import { createEndpoints } from './endpoints.js';
import { BadRequest } from './query.js';
import { readBody } from './read-body.js';
import type { RequestCounts } from './request-counts.js';
import { serveTruth } from './serve-truth.js';
import { type Answer, transmit } from './transmit.js';

export interface RequestHandlerOptions {
  readonly seed: number;
  readonly campaignId: string;
  readonly token: string;
  readonly clock: { now(): number };
  readonly gzip: boolean;
  readonly maxPageSize: number;
  readonly maxIds: number;
  readonly zoneMinutes: number;
  readonly campaign: Campaign;
  readonly activity: Activity;
  readonly faults: FaultPlan;
  /** Ends waiting requests. */
  readonly signal: AbortSignal;
}

export interface RequestHandler {
  readonly counts: RequestCounts;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const ROUTES: Readonly<Record<string, EndpointName>> = {
  'GET fields/list': 'fields',
  'GET contacts/list': 'contacts-list',
  'POST contacts/': 'contacts',
  'GET contacts/transactions/': 'transactions',
  'GET inbound/calls/': 'inbound-calls',
};

export function createRequestHandler(options: RequestHandlerOptions): RequestHandler {
  const { campaign, clock, faults, signal } = options;
  const counts = { fields: 0, 'contacts-list': 0, contacts: 0, transactions: 0, 'inbound-calls': 0, bodies: 0 };
  const endpoints = createEndpoints(campaign, { ...options, onBody: () => counts.bodies++ });

  const answer = async (
    endpoint: EndpointName,
    request: IncomingMessage,
    url: URL,
    strikes: Strikes,
  ): Promise<Answer> => {
    const body = await readBody(request);
    const refused = refusal(options, request, url);
    if (refused) return refused;
    const status = strikes.find('status');
    if (status) return errorAnswer(status.status, 'Not now.', status.retryAfter);
    if (strikes.find('html')) return { status: 200, contentType: 'text/html', text: HTML_PAGE };
    const asOfMs = clock.now() - (strikes.find('lag')?.ms ?? 0);
    try {
      return { status: 200, text: endpoints[endpoint]({ query: url.searchParams, body, strikes, asOfMs }) };
    } catch (error) {
      if (error instanceof BadRequest) return errorAnswer(error.status, error.message);
      throw error;
    }
  };

  const serveEndpoint = async (
    endpoint: EndpointName,
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ) => {
    counts[endpoint]++;
    const strikes = faults.draw(endpoint);
    if (strikes.find('down') || strikes.find('reset')) return void request.socket.destroy();
    if (strikes.find('hang')) return void request.resume();
    const delay = strikes.find('delay');
    if (delay) await sleep(delay.ms, undefined, { signal });
    const gzip = options.gzip && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const answered = await answer(endpoint, request, url, strikes);
    await transmit(answered, { response, date: dateHeader(strikes, clock.now()), gzip, strikes, signal });
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    response.sendDate = false;
    const url = new URL(request.url ?? '/', 'http://simulator');
    const endpoint = ROUTES[`${request.method} ${url.pathname.replace(/^\/api\/campaigns\/[^/]*\//, '')}`];
    if (url.pathname === '/__truth') await serveTruth(url, response, options);
    else if (url.pathname === '/__control') await serveControl(request, response, { ...options, counts });
    else if (endpoint) await serveEndpoint(endpoint, request, response, url);
    else sendPlain(errorAnswer(404, 'There is nothing here.'), response);
  };

  return {
    counts,
    handle: async (request, response) => {
      try {
        await serve(request, response);
      } catch (error) {
        const status = error instanceof BadRequest ? error.status : 500;
        if (!signal.aborted && !response.destroyed) sendPlain(errorAnswer(status, String(error)), response);
      }
    },
  };
}

/** Refuses a request without the campaign's token. */
function refusal({ token, campaignId }: RequestHandlerOptions, request: IncomingMessage, url: URL): Answer | undefined {
  const authorization = request.headers.authorization;
  if (authorization === undefined) return errorAnswer(401, 'A token is needed.');
  if (!url.pathname.startsWith(`/api/campaigns/${encodeURIComponent(campaignId)}/`)) {
    return errorAnswer(404, 'The campaign is unknown.');
  }
  return authorization === `Bearer ${token}` ? undefined : errorAnswer(403, 'The token is not valid for the campaign.');
}

function dateHeader(strikes: Strikes, nowMs: number): string | null {
  const fault = strikes.find('date');
  if (fault && 'header' in fault) return fault.header;
  return new Date(nowMs + (fault?.offsetMs ?? 0)).toUTCString();
}

function errorAnswer(status: number, message: string, retryAfter?: string | number): Answer {
  const text = JSON.stringify({ error: { status, message } });
  return retryAfter === undefined ? { status, text } : { status, text, retryAfter: String(retryAfter) };
}

function sendPlain(answer: Answer, response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
}

const HTML_PAGE = '<!doctype html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>';
