import { instantText, sumOf } from '../commands/status/campaign-text.js';
import { STATUS_WORDS, type StatusLanguage, type StatusWords } from '../commands/status/status-words.js';
import { html, type Markup } from '../page/markup.js';
import { pageFrame } from '../page/page-frame.js';
import { pageTable } from '../page/page-table.js';
import type { MetricsPage, PageRequest } from '../reporting/metrics-server.js';
import { type CodeLookup, campaignSection, stateMark } from './campaign-section.js';
import type { CampaignView, ShownCampaign } from './campaign-view.js';
import { pageLanguage } from './page-language.js';
import { STATUS_POLICY, STATUS_STYLE } from './status-style.js';

/** The parts of the status page that do not change. */
export interface StatusPageContext {
  /** The campaigns of this process. */
  views(): Iterable<CampaignView>;
  readonly codeOf: CodeLookup;
  /** The name of this machine. */
  readonly host: string;
  readonly version: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The seconds after which the page loads itself again. */
const REFRESH_SECONDS = 60;

/**
 * Draws the status page: of one campaign all that is known, of several a table with a link to each. It names no contact, no user and
 * no secret, and needs no script and nothing from outside.
 */
export async function statusPage({ query, headers }: PageRequest, context: StatusPageContext): Promise<MetricsPage> {
  const language = pageLanguage(query.get('lang'), headers['accept-language'] ?? '');
  const words = STATUS_WORDS[language];
  const views = [...context.views()];
  const [first] = views;
  const chosen = views.length === 1 ? first : views.find(({ name }) => name.toWellFormed() === query.get('campaign'));
  const title = words.title(context.host);
  const shown = chosen === undefined ? null : await chosen.look();
  const contents =
    shown === null ? await overview(views, words, language) : campaignSection(shown, words, context.codeOf);
  const campaign = views.length === 1 || chosen === undefined ? null : chosen.name;
  const back = html`<p><a href="${addressOf(language, null)}">${words.allCampaigns}</a></p>`;
  const time = instantText(new Date(context.now()).toISOString());
  const body = html`<main>
<header><h1>${title}</h1>${languageLinks(language, campaign)}</header>
${campaign === null ? html`` : back}
${contents}
</main>
<footer><p>${words.footer(context.version, time)}</p></footer>`;
  const head = html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`;
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    headers: { ...HEADERS, 'content-language': language },
    body: pageFrame({ language, title, head, style: STATUS_STYLE, body }),
  };
}

const HEADERS = {
  'content-security-policy': STATUS_POLICY,
  'referrer-policy': 'no-referrer',
  vary: 'accept-language',
} as const;

async function overview(views: readonly CampaignView[], words: StatusWords, language: StatusLanguage): Promise<Markup> {
  const shown = await Promise.all(views.map((view) => view.look()));
  const columns = [
    { title: words.campaign, kind: 'name' },
    { title: words.state, kind: 'name' },
    { title: words.lag, kind: 'number' },
    { title: words.rows, kind: 'number' },
    { title: words.deadLetters, kind: 'number' },
  ] as const;
  const caption = words.campaigns(words.count(views.length));
  return pageTable(
    caption,
    columns,
    shown.map((campaign) => overviewRow(campaign, words, language)),
  );
}

function overviewRow({ name, described, rowsPerSecond }: ShownCampaign, words: StatusWords, language: StatusLanguage) {
  const { state, behindMs, deadLetters } = described;
  return [
    html`<a href="${addressOf(language, name)}">${name}</a>`,
    html`${stateMark(state)} ${words.states[state]}`,
    behindMs === null ? '–' : words.span(behindMs),
    rowsPerSecond === null ? '–' : words.rate(rowsPerSecond),
    deadLetters === null ? '–' : words.count(sumOf(deadLetters)),
  ];
}

function languageLinks(present: StatusLanguage, campaign: string | null): Markup {
  const others = LANGUAGES.filter((language) => language !== present);
  return html`<p>${others.map(
    (language) =>
      html`<a href="${addressOf(language, campaign)}" lang="${language}" hreflang="${language}">${STATUS_WORDS[language].language}</a>`,
  )}</p>`;
}

const LANGUAGES = ['en', 'es'] as const satisfies readonly StatusLanguage[];

/** Returns the address of a page, relative to the present one. */
function addressOf(language: StatusLanguage, campaign: string | null): string {
  const query = new URLSearchParams({ lang: language, ...(campaign !== null && { campaign }) });
  return `?${query}`;
}
