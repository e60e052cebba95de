import type { ErrorCode } from '@dbsync/core/contract';
import { type DescribedCampaign, factsOf, stateText, sumOf, troubleText } from '../commands/status/campaign-text.js';
import type { StatusWords } from '../commands/status/status-words.js';
import { html, type Markup } from '../page/markup.js';
import { pageTable } from '../page/page-table.js';
import { section } from '../page/section.js';
import { pageTiles, type Tile } from '../page/tiles.js';
import type { ShownCampaign } from './campaign-view.js';
import { hourlyTable, lagSection, rowsSection } from './history-sections.js';
import type { SeenError } from './seen-errors.js';

/** Returns the description of a code; null: it is in no list. */
export type CodeLookup = (code: string) => ErrorCode | null;

/** Draws all that the page has about one campaign. */
export function campaignSection(shown: ShownCampaign, words: StatusWords, codeOf: CodeLookup): Markup {
  const { described, target, targetFacts, errors } = shown;
  const facts = factsOf(described, words, targetFacts === 'known');
  const columns = [
    { title: words.campaign, kind: 'name' },
    { title: described.campaign, kind: 'name' },
  ] as const;
  const name =
    target === null ? `${words.campaign} ${described.campaign}` : words.campaignIn(described.campaign, target);
  return html`<p class="state">${stateMark(described.state)}${stateText(described, words)}</p>
<p class="soft"><bdi>${name}</bdi></p>
${troubleOf(described, words, codeOf)}
${targetFacts === 'silent' ? html`<p class="trouble">${words.targetSilent}</p>` : html``}
${pageTiles(tilesOf(shown, words))}
${lagSection(shown, words)}
${rowsSection(shown, words)}
${hourlyTable(shown, words)}
${section(words.errors, errorsOf(errors, words, codeOf))}
${section(words.facts, html`<div class="facts">${pageTable('', columns, facts)}</div>`)}`;
}

/** Draws the mark of a state, which differs in colour and in shape. */
export function stateMark(state: DescribedCampaign['state']): Markup {
  const shape =
    state === 'current' || state === 'done'
      ? html`<circle class="good" cx="7" cy="7" r="7"/>`
      : state === 'late' || state === 'unheld' || state === 'pausing' || state === 'stopped'
        ? html`<path class="bad" d="M7 0L14 14H0z"/>`
        : html`<rect class="calm" width="14" height="14"/>`;
  return html`<svg width="14" height="14" aria-hidden="true">${shape}</svg>`;
}

function troubleOf(described: DescribedCampaign, words: StatusWords, codeOf: CodeLookup): Markup {
  const text = troubleText(described, words);
  const code = described.trouble?.code;
  return text === null || code === undefined
    ? html``
    : html`<div class="trouble"><p>${text}</p>${remedyOf(code, words, codeOf)}</div>`;
}

function tilesOf({ described, rowsPerSecond, ended }: ShownCampaign, words: StatusWords): readonly Tile[] {
  const { behindMs, deadLetters, deliveries } = described;
  const orDash = <Value>(value: Value | null, write: (value: Value) => string) => (value === null ? '–' : write(value));
  const tiles: Tile[] = [
    [words.lag, orDash(behindMs, words.span), words.lagNow],
    [words.rows, orDash(rowsPerSecond, words.rate), words.rowsNow],
    [words.deadLetters, orDash(deadLetters, (letters) => words.count(sumOf(letters))), words.setAside],
  ];
  if (deliveries !== null) {
    const { messages, oldestMs } = deliveries;
    tiles.push([words.messages, words.count(messages), oldestMs === null ? '' : words.oldest(words.span(oldestMs))]);
  }
  if (ended !== null) {
    tiles.push(
      [words.accepted, words.count(ended.accepted), words.sinceStart],
      [words.failed, words.count(ended.failed), words.sinceStart],
      [words.postponed, words.count(ended.postponed), words.sinceStart],
      [words.givenUp, words.count(ended.dead), words.sinceStart],
    );
  }
  return tiles;
}

function errorsOf(errors: readonly SeenError[], words: StatusWords, codeOf: CodeLookup): Markup {
  if (errors.length === 0) return html`<p>${words.noErrors}</p>`;
  const drawn = errors.map(({ code, agoMs, count }) => {
    const often = count === 1 ? '' : `, ${words.times(words.count(count))}`;
    return html`<dt><span class="code">${code}</span> <span class="soft">${words.ago(words.span(agoMs))}${often}</span></dt>
<dd>${remedyOf(code, words, codeOf)}</dd>
`;
  });
  return html`<dl class="errors">
${drawn}</dl>`;
}

/** Draws the fixed texts of a code, which exist in English alone. */
function remedyOf(code: string, words: StatusWords, codeOf: CodeLookup): Markup {
  const entry = codeOf(code);
  if (entry === null) return html`<p>${words.thirdParty}</p>`;
  return html`<p lang="en">${entry.what}</p><p lang="en">${entry.remedy}</p>`;
}
