import { isHeldBack } from '@dbsync/core/cli-kit';
import type { CampaignCondition } from '../../reporting/campaign-board.js';
import type { ReportedCampaign } from './status-report.js';
import type { StatusWords } from './status-words.js';

/** The states of a campaign as a process sees it that is at work. */
export interface DescribedCampaign extends Omit<ReportedCampaign, 'state'> {
  readonly state: ReportedCampaign['state'] | CampaignCondition;
  /** The time until a campaign whose state is `pausing` starts again. */
  readonly startsInMs?: number;
}

/** Writes the state and the reason for it: `Late: 12 min behind; up to 3 min is usual.` */
export function stateText(campaign: DescribedCampaign, words: StatusWords): string {
  return `${words.states[campaign.state]}: ${reasonOf(campaign, words)}`;
}

function reasonOf(campaign: DescribedCampaign, words: StatusWords): string {
  const { state, behindMs, allowedMs, copied, holder, deliveries, startsInMs = 0 } = campaign;
  const behind = behindMs === null ? words.nothingCopied : words.behind(words.span(behindMs));
  switch (state) {
    case 'starting':
      return words.starts;
    case 'standby':
      return words.standsBy;
    case 'stopping':
      return words.stops;
    case 'unheld':
      return `${words.notHeld}; ${behind}.`;
    case 'current':
      return `${behind}.`;
    case 'pausing':
      return words.pauses(words.span(startsInMs));
    case 'stopped':
      return words.setUpWrong;
    case 'done':
      return words.endedAsAsked;
    case 'late':
    case 'copying':
      break;
  }
  if (holder?.mode === 'db_init' || holder?.mode === 'db_update') {
    const of = copied?.of == null ? null : words.count(copied.of);
    return words.copies(holder.mode, copied && words.count(copied.done), of);
  }
  if (behindMs !== null && behindMs <= allowedMs && isHeldBack(deliveries)) {
    return words.heldBack(words.receiver[deliveries.state], deliveries.messages);
  }
  return behindMs === null ? `${behind}.` : `${behind}; ${words.usual(words.span(allowedMs))}.`;
}

/** Writes the error that the campaign waits for; null: none. */
export function troubleText({ trouble }: DescribedCampaign, words: StatusWords): string | null {
  if (trouble === null) return null;
  const side = Object.entries(words.sides).find(([name]) => name === trouble.for)?.[1] ?? trouble.for;
  return words.waitsFor(side, words.span(trouble.forMs), trouble.code);
}

/**
 * Writes a table of facts. A fact without a name belongs to the one before.
 *
 * @param isTargetKnown false: leaves out what the target alone knows
 */
export function factsOf(
  campaign: DescribedCampaign,
  words: StatusWords,
  isTargetKnown = true,
): readonly (readonly [name: string, fact: string])[] {
  const { holder, cycle, progress, deadLetters, requests, deliveries, filling, now } = campaign;
  const ago = (instant: string) =>
    `${instantText(instant)} (${words.ago(words.span(Date.parse(now) - Date.parse(instant)))})`;
  const facts: [string, string | null][] = [
    [words.heldBy, holder === null ? words.noProcess : holderText(holder, words)],
    [
      words.lastCycle,
      cycle === null ? words.notKnown : words.took(words.ago(words.span(cycle.agoMs)), words.span(cycle.tookMs)),
    ],
    [words.events, progress?.eventsUntil ? words.copiedUpTo(instantText(progress.eventsUntil)) : words.noneYet],
    [
      words.inboundCalls,
      progress?.inboundUntil && deliveries === null ? words.copiedUpTo(instantText(progress.inboundUntil)) : null,
    ],
    [words.lastListing, words.ofChanges(progress?.listedFrom ? ago(progress.listedFrom) : words.noneYet)],
    ['', words.ofAll(progress?.fullyListedFrom ? ago(progress.fullyListedFrom) : words.noneYet)],
    [words.backfill, progress?.backfill ? words.underWay(instantText(progress.backfill.from)) : null],
    [words.columns, filling === null ? null : fillingText(filling, words)],
    [words.deadLetters, deadLetters === null ? words.unreadable : lettersText(deadLetters, words)],
    [words.requests, requests === null ? null : words.inMailbox(words.count(requests))],
    [words.deliveries, deliveries === null ? null : deliveriesText(deliveries, words)],
  ];
  const ownNames = [words.heldBy, words.lastCycle, words.columns];
  return facts.flatMap(([name, fact]) =>
    fact !== null && (isTargetKnown || ownNames.includes(name)) ? [[name, fact] as const] : [],
  );
}

function holderText({ host, pid, mode, heldMs }: NonNullable<ReportedCampaign['holder']>, words: StatusWords): string {
  return words.process(String(pid), host, mode, heldMs === null ? null : words.span(heldMs));
}

function fillingText({ what, done, of }: NonNullable<ReportedCampaign['filling']>, words: StatusWords): string {
  return words.filled(what, words.count(done), of === null || of < done ? null : words.count(of));
}

function lettersText(letters: Readonly<Record<string, number>>, words: StatusWords): string {
  const all = sumOf(letters);
  if (all === 0) return words.none;
  const kinds = Object.entries(letters).map(([kind, count]) => `${words.count(count)} ${kind}`);
  return `${words.count(all)} (${kinds.join(', ')}): ${words.seeDeadLetters}`;
}

function deliveriesText(deliveries: NonNullable<ReportedCampaign['deliveries']>, words: StatusWords): string {
  const { messages, contacts, oldestMs, state, forMs } = deliveries;
  const since = state === 'up' || forMs === null ? '' : `, ${words.forSpan(words.span(forMs))}`;
  const oldest = oldestMs === null ? null : words.span(oldestMs);
  return `${messages === 0 ? words.noneWaits : words.waiting(messages, contacts, oldest)}; ${words.receiver[state]}${since}`;
}

/** Adds up the dead letters of all kinds. */
export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Writes an instant in whole seconds: `2026-03-02 12:00:00 UTC`. */
export function instantText(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}
