import { fieldRulesOfPlan } from '../records/field-rules.js';
import type { SessionFrame } from './session.js';
import { hasOtherFieldRules, underFieldRules } from './start-range.js';

/**
 * Compares the rules for fields with those that the rows were written under. Where they differ the plan differs, so a complete
 * listing is due and each contact is fetched again. Inbound calls have no proof that names a plan: their watermark is taken back,
 * so that all of them are read again.
 */
export async function readAgainUnderNewRules({
  settings,
  claim,
  progress,
  isNew,
  observe,
}: SessionFrame): Promise<void> {
  const { plan } = progress.current;
  if (isNew || !hasOtherFieldRules(progress.current, claim.plan)) return;
  const isKept = settings.delivery !== null || underFieldRules(progress.current, claim.plan) === progress.current;
  if (!isKept) await progress.commit((recorded) => underFieldRules(recorded, claim.plan));
  if (plan === null) return;
  const [before, now] = [fieldRulesOfPlan(plan), fieldRulesOfPlan(claim.plan)];
  const message = `The rules for fields were ${inWords(before)}, and are ${inWords(now)}: all contacts and inbound calls are fetched again. Until then rows stay as they are.`;
  observe({ type: 'notice', level: 'warn', code: 'FIELD_RULES_CHANGED', message });
}

/**
 * Warns of globs that fit no field of all contacts: because of a wrong name, a value stays in the copy that should be
 * left out.
 */
export function tellUnusedRules({ settings, claim, progress, observe }: SessionFrame): void {
  if (progress.current.plan === claim.plan) return;
  for (const glob of settings.fields?.unmatched() ?? []) {
    const message = `No field of a contact or of its records matches "${glob}" of --exclude-fields or --hash-fields, so nothing was left out or hashed for it. Check the spelling: upper and lower case letters are different.`;
    observe({ type: 'notice', level: 'warn', code: 'FIELD_RULE_UNUSED', message });
  }
}

function inWords(rules: string): string {
  return rules === '' ? 'none' : `"${rules}"`;
}
