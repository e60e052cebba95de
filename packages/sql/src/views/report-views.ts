import type { RawBuilder } from 'kysely';
import type { MappedColumn } from '../schema/mapped-field.js';
import { agentsByHourView } from './agent-view.js';
import { callsView, inboundView } from './call-views.js';
import { contactsNowView, contactsWideView } from './contact-views.js';
import type { ReportWords } from './report-columns.js';
import { transactionsView } from './transaction-view.js';

/** The views, by the name behind `v_`, each as a SELECT. */
export const REPORT_VIEWS = {
  calls: callsView,
  inbound: inboundView,
  transactions: transactionsView,
  agents_by_hour: agentsByHourView,
  contacts_now: contactsNowView,
  contacts_wide: contactsWideView,
} as const satisfies Readonly<Record<string, ViewMaker>>;

type ViewMaker = (words: ReportWords, map: readonly MappedColumn[]) => RawBuilder<unknown>;
