import { createHash } from 'node:crypto';
import type { RunEvent } from '@dbsync/core';
import type { ErrorCode, StreamFacts } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { cycleEvent, standbyEvent, waitingEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { type CampaignBoard, createCampaignBoard } from '../reporting/campaign-board.js';
import { type CampaignView, createCampaignView } from './campaign-view.js';
import { statusPage } from './status-page.js';

const HOSTILE = `"><script>alert('1')</script><img src=x onerror=alert(1)>\u202e\u0000\ud800</style>`;
const NOON = Date.UTC(2026, 2, 2, 12);
const CODE: ErrorCode = { what: 'The API is down.', normal: null, remedy: 'Wait for it.', exit: null };
const FACTS: StreamFacts = {
  nowMs: NOON,
  heldBy: null,
  progress: null,
  heartbeat: null,
  keepsHeartbeats: true,
  deadLetters: { fetch: 1_234 },
  requests: 0,
};

interface Viewed {
  readonly board: CampaignBoard;
  readonly view: CampaignView;
  hear(event: RunEvent): void;
  wait(ms: number): void;
}

function viewed(campaign: string, mode: 'db_sync' | 'db_init' | 'webhook' = 'db_sync'): Viewed {
  let nowMs = 0;
  const clock = { now: () => NOON, monotonic: () => nowMs, sleep: () => new Promise<void>(() => {}) };
  const facts = { name: campaign, campaign, mode, intervalMs: 60_000 };
  const board = createCampaignBoard({ ...facts, now: clock.monotonic });
  const view = createCampaignView({ board, self: { host: 'web-1', pid: 7 }, clock });
  return {
    board,
    view,
    hear: (event) => {
      board.observe(event);
      view.observe(event);
    },
    wait: (ms) => {
      nowMs += ms;
    },
  };
}

async function page(views: readonly CampaignView[], query = '', accepted = 'en') {
  const codeOf = (code: string) => (code === 'API_DOWN' ? CODE : null);
  const context = { views: () => views, codeOf, host: 'web-1', version: '1.2.3', now: () => NOON };
  const request = { query: new URLSearchParams(query), headers: { 'accept-language': accepted } };
  return statusPage(request, context);
}

const asked = (view: CampaignView, facts: StreamFacts | null) =>
  view.follow(
    { describeStream: () => (facts === null ? Promise.reject(new Error('down')) : Promise.resolve(facts)) },
    new AbortController().signal,
  );

it('shows the state in the words of dbsync status, with its figures and facts', async () => {
  const { view, hear, wait } = viewed('C1');
  expect((await page([view])).body).toContain('Starting: the process has not claimed the campaign yet.');
  hear({ type: 'started', mode: 'db_sync', campaign: 'C1', target: 'postgres://db.example.com/calls', plan: '' });
  hear({ type: 'claimed', epoch: 1n });
  hear(cycleEvent({ lagMs: 2_000, tookMs: 1_500 }, { rowsInserted: 120 }));
  wait(60_000);
  asked(view, FACTS);
  const { body } = await page([view]);
  for (const text of [
    'Current: 1 min 2 s behind.',
    'Campaign C1 in postgres://db.example.com/calls',
    'process 7 on web-1, db_sync, for 1 min',
    '1 min ago; it took 1.5 s',
    '1,234 (1,234 fetch): see dbsync dead-letters list',
    '<dd class="figure">2.0</dd>',
    'None since the start of the process.',
  ]) {
    expect(body).toContain(text);
  }
  wait(200_000);
  hear(waitingEvent('api', 'API_DOWN', 199_000));
  const late = (await page([view])).body;
  expect(late).toContain('Late: 4 min 22 s behind; up to 3 min is usual.');
  expect(late).toContain('It has waited for the API for 3 min 19 s: API_DOWN');
  expect(late.match(/Wait for it\./g)).toHaveLength(2);
  hear({ type: 'recovered', for: 'api', afterMs: 1 });
  hear(standbyEvent());
  const standby = (await page([view])).body;
  expect(standby).toContain('Standing by: another process holds the campaign.');
  expect(standby).not.toContain('It has waited');
  expect(standby).toContain('<span class="code">API_DOWN</span>');
});

it('shows a first copy, and deliveries that are held back, as dbsync status does', async () => {
  const init = viewed('C1', 'db_init');
  init.hear({ type: 'claimed', epoch: 1n });
  expect((await page([init.view])).body).toContain('Copying: db_init copies. It ends by itself');
  const webhook = viewed('C1', 'webhook');
  webhook.hear({ type: 'claimed', epoch: 1n });
  webhook.hear(cycleEvent());
  webhook.hear({ type: 'delivery', accepted: 31, failed: 4, postponed: 5, dead: 6 });
  const deliveries = { messages: 12, contacts: 4, oldestMs: 200_000, state: 'down', forMs: 180_000 } as const;
  asked(webhook.view, { ...FACTS, deliveries });
  const { body } = await page([webhook.view]);
  expect(body).toContain('Late: the receiver is down, and 12 messages wait.');
  expect(body).toContain('12 messages for 4 contacts wait, the oldest for 3 min 20 s; the receiver is down, for 3 min');
  for (const [name, figure] of [
    ['Accepted', 31],
    ['To be tried again', 4],
    ['Postponed', 5],
    ['Given up', 6],
  ] as const) {
    expect(body).toContain(`<dt>${name}</dt><dd class="figure">${figure}</dd>`);
  }
});

it('names the lag where a part of the copy is late while the receiver takes deliveries', async () => {
  const { view, hear } = viewed('C1', 'webhook');
  hear({ type: 'claimed', epoch: 1n });
  hear(cycleEvent());
  const lag = { lagMs: 8_000_000, allowedMs: 7_200_000, trouble: null };
  hear({ type: 'behind', level: 'warn', code: 'COPY_BEHIND', part: 'listing', ...lag });
  const deliveries = { messages: 0, contacts: 0, oldestMs: null, state: 'up', forMs: null } as const;
  asked(view, { ...FACTS, deliveries });
  const { body } = await page([view]);
  expect(body).toContain('Late: ');
  expect(body).not.toContain('Late: the receiver');
});

it('lists the error that ended a run by its age among the others', async () => {
  const { view, board, hear, wait } = viewed('C1');
  const what = { what: null, remedy: null, exit: 1 } as const;
  board.fail({ code: 'API_DOWN', message: 'a', ...what }, 1);
  board.begin();
  wait(60_000);
  hear({ type: 'notice', level: 'warn', code: 'SQL_BUSY', message: 'b' });
  const { errors } = await view.look();
  expect(errors.map(({ code }) => code)).toEqual(['SQL_BUSY', 'API_DOWN']);
});

it('shows a campaign that an error ended, with its code and when it starts again', async () => {
  const { view, board, hear } = viewed('C1');
  hear({ type: 'claimed', epoch: 1n });
  asked(view, null);
  const failure = { code: 'API_DOWN', message: 'a secret', what: null, remedy: null, exit: 1 } as const;
  board.fail(failure, 20_000);
  const pausing = (await page([view])).body;
  expect(pausing).toContain('Pausing: an error ended it. It starts again in 20 s.');
  expect(pausing).toContain('<span class="code">API_DOWN</span>');
  expect(pausing).not.toContain('a secret');
  expect(pausing).not.toContain('does not answer');
  board.fail(failure, null);
  expect((await page([view], 'lang=es')).body).toContain('Detenida: su configuración es errónea.');
  board.begin();
  expect((await page([view])).body).toContain('Starting: ');
  board.end();
  expect((await page([view])).body).toContain('Done: it has ended as asked.');
});

it('leaves out what a target does not say that is down', async () => {
  const { view, hear } = viewed('C1');
  hear({ type: 'claimed', epoch: 1n });
  asked(view, null);
  const { body } = await page([view]);
  expect(body).toContain('The target does not answer this page');
  expect(body).toContain('Last cycle');
  expect(body).not.toContain('Last listing');
  expect(body).toContain('<dt>Dead letters</dt><dd class="figure">–</dd>');
});

it('shows several campaigns as a table, and each of them behind a link', async () => {
  const [one, other] = [viewed('C1'), viewed(HOSTILE)];
  const views = [one.view, other.view];
  one.hear({ type: 'claimed', epoch: 1n });
  const { body } = await page(views);
  expect(body).toContain('2 campaigns in this process');
  expect(body.match(/<tr>/g)).toHaveLength(3);
  const links = Array.from(body.matchAll(/href="([^"]*)"/g), ([, link = '']) => link.replaceAll('&amp;', '&'));
  const last = links.at(-1) ?? '';
  expect((await page(views, last)).body).toContain('Starting');
  expect((await page(views, last)).body).toContain('All campaigns');
  expect((await page(views, 'campaign=none')).body).toContain('2 campaigns in this process');
  expect((await page([])).body).toContain('0 campaigns in this process');
});

it('is in Spanish where the reader asks for it, with the codes as they are', async () => {
  const { view, hear } = viewed('C1');
  hear({ type: 'claimed', epoch: 1n });
  hear(waitingEvent('api', 'API_DOWN', 60_000));
  const { body, headers } = await page([view], '', 'es-ES,es;q=0.9');
  expect(headers).toMatchObject({ 'content-language': 'es', vary: 'accept-language' });
  expect(body).toContain('<html lang="es">');
  expect(body).toContain('Con retraso: aún no se ha copiado nada.');
  expect(body).toContain('Lleva 1 min sin respuesta de la API: API_DOWN');
  expect(body).toContain('<p lang="en">Wait for it.</p>');
  expect(body).toContain('<a href="?lang=en" lang="en" hreflang="en">English</a>');
  expect((await page([view], 'lang=en', 'es')).body).toContain('<html lang="en">');
});

it('shows hostile names as texts, and names no contact, no message and no operator', async () => {
  const { view, hear } = viewed(HOSTILE, 'webhook');
  const canary = 'canary-4711';
  hear({ type: 'started', mode: 'webhook', campaign: HOSTILE, target: HOSTILE, plan: canary });
  hear({ type: 'claimed', epoch: 1n });
  hear({ type: 'written', contactIds: [canary] });
  hear({ type: 'dead-letter', kind: canary, contactId: canary, code: canary, reason: canary });
  hear({ type: 'dead-letter', kind: 'contact', contactId: canary, code: 'ROW_REFUSED', reason: canary });
  hear({ type: 'notice', level: 'warn', code: 'SQL_SLOW', message: canary });
  hear({ ...waitingEvent('store', 'SQL_DOWN', 60_000), message: canary });
  hear(cycleEvent({ deliveries: { state: 'paused', by: canary, forMs: 1 } }));
  hear({ type: 'filling', what: HOSTILE, done: 1, of: 2 } as RunEvent);
  asked(view, FACTS);
  for (const query of ['', 'lang=es', `campaign=${HOSTILE}`, 'lang=<script>']) {
    const { body } = await page([view], query);
    expect(body).not.toContain(canary);
    expect(body).not.toMatch(/<(?:script|img)/);
    expect(body.match(/<\/style>/g)).toHaveLength(1);
    expect(body).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;');
    expect(body).not.toContain('\u202e');
  }
});

it('needs nothing from outside, and allows no script and no style but its own', async () => {
  const { body, headers = {} } = await page([viewed('C1').view]);
  expect(body).not.toMatch(/https?:|\bsrc=|url\(|@import|\son\w+=|\sstyle=|<script|<form/i);
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(body) ?? [];
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(body).toContain('<meta http-equiv="refresh" content="60">');
});
