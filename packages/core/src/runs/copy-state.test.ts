import { expect, it } from 'vitest';
import { createFieldRules } from '../transform/create-field-rules.js';
import { type CopyState, refuseOtherFieldRules } from './copy-state.js';
import { planOf, type RunSettings } from './run-settings.js';

const fields = createFieldRules({ exclude: ['$phone'], hash: [], key: null });

function settingsWith(rules: RunSettings['fields'], sinkPlan = ''): RunSettings {
  const filter = { mode: 'all', prefixes: [] };
  return { filter, sink: { plan: sinkPlan }, ...(rules && { fields: rules }) } as unknown as RunSettings;
}

it('inbound calls are compared only under the rules for fields that the copy was made with', () => {
  const copy = {
    progress: { plan: planOf(settingsWith(fields, 'columns=text')) },
    heldBy: null,
  } as unknown as CopyState;
  expect(() => refuseOtherFieldRules(settingsWith(null), copy)).toThrow(
    expect.objectContaining({ code: 'VERIFY_PLAN_DIFFERS' }),
  );
  expect(() => refuseOtherFieldRules(settingsWith(fields, 'columns=typed'), copy)).not.toThrow();
});
