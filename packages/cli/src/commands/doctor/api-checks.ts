import { ApiFault, createHttpTransport, errorCodes, type HttpAnswer } from '@dbsync/core';
import type { CommandContext } from '../command-context.js';
import { proxyTo } from '../proxy-to.js';
import { apiWarnings } from '../start-warnings.js';
import { clockFinding } from './clock-finding.js';
import type { Tell } from './doctor-finding.js';
import { type HostLookup, lookUpHost, noAddress } from './host-lookup.js';
import { notChecked, type PartOfDoctor } from './run-parts.js';

/** The facts for one request to the API. Null: not given. */
export interface ApiAccess {
  readonly apiUrl: string;
  readonly campaign: string | null;
  readonly token: string | null;
  /** Reads the file of --api-ca. */
  readonly authorities: () => Promise<string | null>;
}

const CHECKS = ['proxy', 'dns', 'connection', 'tls', 'token', 'campaign', 'clock'] as const;
const DEADLINE_MS = 25_000;
const REQUEST_MS = 15_000;

/** Checks the way to the API, and asks it one question, whose answer tells all the rest. */
export function apiChecks(access: ApiAccess, context: CommandContext, lookup: HostLookup = lookUpHost): PartOfDoctor {
  return {
    part: 'api',
    checks: CHECKS,
    deadlineMs: DEADLINE_MS,
    run: async (tell, signal) => {
      const proxy = proxyTo(access.apiUrl, context);
      const host = hostOf(access.apiUrl);
      const through = proxy === null ? host : hostOf(proxy);
      tell({ check: 'proxy', level: 'pass', what: proxy === null ? 'No proxy' : `The proxy is ${through}` });
      if (!(await hasAddress(through, lookup, tell, signal))) return;
      const { campaign, token } = access;
      if (campaign === null || token === null) {
        tellNotGiven(access, tell);
        return;
      }
      const authorities = await access.authorities();
      const limits = { idleMs: REQUEST_MS, deadlineMs: REQUEST_MS, maxAnswerBytes: 4 << 20 };
      const transport = createHttpTransport({ ...access, campaign, token, proxy, authorities, ...limits });
      try {
        const sentMs = Date.now();
        const answer = await transport.send({ path: 'fields/list', query: {} }, signal);
        tellConnected(access.apiUrl, answer, tell);
        tellAnswer(answer, tell);
        tell(clockFinding(answer.date, { sentMs, receivedMs: Date.now() }));
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error;
        tellFault(error, { apiUrl: access.apiUrl, proxy }, tell);
      } finally {
        transport.close();
      }
    },
  };
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

async function hasAddress(host: string, lookup: HostLookup, tell: Tell, signal: AbortSignal): Promise<boolean> {
  try {
    const addresses = (await lookup(host, signal)).slice(0, 3);
    tell({ check: 'dns', level: 'pass', what: `${host} has the address ${addresses.join(', ')}` });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    tell(noAddress(host, error));
    return false;
  }
}

function tellNotGiven({ campaign, token }: ApiAccess, tell: Tell): void {
  const missing = [...(campaign === null ? ['--campaign'] : []), ...(token === null ? ['--token'] : [])].join(' and ');
  const remedy = 'dbsync doctor --campaign ID --token-file FILE';
  for (const check of CHECKS.slice(2)) tell(notChecked(check, `${missing} was not given`, remedy));
}

/** Tells that the API answered, and whether it was reached by TLS. */
export function tellConnected(apiUrl: string, answer: Pick<HttpAnswer, 'status' | 'text'>, tell: Tell): void {
  const { protocol, host } = new URL(apiUrl);
  tell(strangeAnswer(answer) ?? { check: 'connection', level: 'pass', what: `${host} answers` });
  const [unsafe] = apiWarnings(apiUrl);
  const how = protocol === 'https:' ? 'proves its name by a certificate' : 'is on this machine, and needs no TLS';
  if (unsafe === undefined) tell({ check: 'tls', level: 'pass', what: `${host} ${how}` });
  else tell({ check: 'tls', level: 'warn', what: unsafe.what, remedy: `--api-url https://${host}` });
}

/** Tells what the answer says about token and campaign. */
export function tellAnswer({ status, text }: Pick<HttpAnswer, 'status' | 'text'>, tell: Tell): void {
  if (status === 401 || status === 403) {
    const what = `The API refuses the token (${status})`;
    tell({ check: 'token', level: 'fail', what, remedy: errorCodes.API_TOKEN_REFUSED.remedy });
    tell(notChecked('campaign', 'the token was refused'));
  } else if (status === 404) {
    const what = 'The API does not know the campaign (404)';
    tell({ check: 'campaign', level: 'fail', what, remedy: errorCodes.API_CAMPAIGN_UNKNOWN.remedy });
    tell(notChecked('token', 'the campaign is not known'));
  } else if (status >= 200 && status <= 299 && isList(text)) {
    tell({ check: 'token', level: 'pass', what: 'The API accepts the token' });
    tell({ check: 'campaign', level: 'pass', what: `The campaign has ${fieldsIn(text)} fields` });
  } else {
    tell(notChecked('token', 'connection failed'));
    tell(notChecked('campaign', 'connection failed'));
  }
}

/** Returns the finding about an answer that says nothing of token and campaign; null: it does. */
function strangeAnswer({ status, text }: Pick<HttpAnswer, 'status' | 'text'>): Parameters<Tell>[0] | null {
  if ([401, 403, 404].includes(status)) return null;
  const isAnswer = status >= 200 && status <= 299;
  if (isAnswer && isList(text)) return null;
  const what = isAnswer
    ? 'The answer is no list of fields: the address is not that of the API'
    : `The API answers ${status}`;
  const remedy = isAnswer || (status >= 300 && status <= 399) ? 'Correct --api-url' : errorCodes.API_FAILED.remedy;
  return { check: 'connection', level: 'fail', what, remedy };
}

function isList(text: string): boolean {
  return fieldsIn(text) !== null;
}

function fieldsIn(text: string): number | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((field) => Object(field).type === 'field').length : null;
  } catch {
    return null;
  }
}

/** Tells which part of the way failed; the checks behind it stay without a finding. */
export function tellFault(
  { code, message }: Pick<ApiFault, 'code' | 'message'>,
  { apiUrl, proxy }: { readonly apiUrl: string; readonly proxy: string | null },
  tell: Tell,
): void {
  const { hostname, port, host, origin } = new URL(apiUrl);
  const remedy = Object.hasOwn(errorCodes, code) ? errorCodes[code].remedy : null;
  if (code === 'API_CERTIFICATE_UNTRUSTED') {
    tell({ check: 'connection', level: 'pass', what: `${host} answers` });
    const through = proxy === null ? '' : ` -proxy ${new URL(proxy).host}`;
    const show = `openssl s_client${through} -connect ${hostname}:${port || 443} -servername ${hostname} </dev/null | openssl x509 -noout -issuer -dates -ext subjectAltName`;
    tell({ check: 'tls', level: 'fail', what: message, remedy: `${remedy} To see the certificate: ${show}` });
    return;
  }
  // Without the credentials of the proxy: curl then says whether it asks for some.
  const through = proxy === null ? '' : `-x ${new URL(proxy).origin} `;
  tell({
    check: 'connection',
    level: 'fail',
    what: message,
    remedy: `${remedy} To try it: curl -v ${through}${origin}`,
  });
}
