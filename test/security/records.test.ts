import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { type Reply, type SeenRequest, startScriptedApi } from '../harness/scripted-api.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { ENGINES } from '../harness/targets.ts';

const LEVELS = 2_600;
const FIRED = '2026-03-02T09:00:00.000Z';
const LONG = 'x'.repeat(70_000);

/** Makes nested JSON: `JSON.stringify` would neither go so deep nor write such names. */
const nested = (start: string, middle: string, end: string) => start.repeat(LEVELS) + middle + end.repeat(LEVELS);
const connections = nested('[{"id":"k","third_party_connections":', '[{"id":"last"}]', '}]');

/** The members of a body beside its id. */
const BODIES: Readonly<Record<string, string>> = {
  BEFORE: '"city":"Ulm"',
  DEEPCALLS: `"$task_log":[{"transactions":[{"fired":"${FIRED}","connections":${connections}}]}]`,
  DEEPVALUE: `"tree":${nested('[', '1', ']')}`,
  DEEPDIGIT: `"tree":${nested('{"a":', '1.10', '}')}`,
  PROTOTYPE: '"__proto__":{"a":1},"constructor":"c","toString":null,"$md5":"again","$md5":"last"',
  SLASHED: '"\\\\":"slash"',
  ESCAPED: '"\\u0000":"nul"',
  BEHIND: '"city":"Bern"',
};
const IDS = Object.keys(BODIES);

function answer({ path, ids }: SeenRequest): Reply {
  if (path === 'fields/list') return { json: [{ type: 'field', name: 'city', fieldType: 'text' }] };
  if (path === 'contacts/') return { text: `[${ids.map((id) => `{"$id":"${id}","$md5":"m",${BODIES[id]}}`)}]` };
  if (path === 'inbound/calls/') return { json: { results: [{ id: LONG }, { id: 'call', call_time: FIRED }] } };
  if (path !== 'contacts/list') return { json: { results: [] } };
  const listed = IDS.map((id) => ({ id, md5: 'm' }));
  return { json: { results: [{ id: LONG, md5: 'm' }, ...listed, { id: 'LONGMD5', md5: LONG }] } };
}

for (const engine of ENGINES) {
  it(`${engine}: R6 records of any size, depth and name harm no other record`, async () => {
    await using api = await startScriptedApi(answer);
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const clock = createVirtualClock();
    const ticking = setInterval(() => clock.jump(2_000), 20);
    onTestFinished(() => clearInterval(ticking));
    const campaign = { url: api.url, token: 't', campaign: 'C' };
    const run = startRun({ simulator: campaign, store: await loadStore(target.url), clock });
    await run.done;
    const letters = run.events.flatMap((event) =>
      event.type === 'dead-letter' ? [`${event.kind} ${event.code}`] : [],
    );
    expect(letters.sort()).toEqual([
      'connection API_RECORD_OUT_OF_BOUNDS',
      'entry API_ENTRY_UNREADABLE',
      'entry API_ENTRY_UNREADABLE',
      'inbound-call API_RECORD_OUT_OF_BOUNDS',
    ]);
    for (const event of run.events) {
      expect(Object.values(event).filter((member) => typeof member === 'string' && member.length > 2_000)).toEqual([]);
    }
    await target.read(async (copy) => {
      const rows = await copy.rowsOf('contacts', IDS);
      expect(rows.map(({ $id }) => $id).sort()).toEqual([...IDS].sort());
      const overflowOf = (id: string) => String(rows.find(({ $id }) => $id === id)?.$overflow);
      expect(overflowOf('DEEPVALUE')).toContain(nested('[', '1', ']'));
      expect(overflowOf('DEEPDIGIT')).toContain(nested('{"a":', '1.10', '}'));
      expect(overflowOf('PROTOTYPE')).toContain('"__proto__":{"a":1}');
      expect(overflowOf('ESCAPED')).toContain('u0000');
      expect(await copy.count('connections')).toBe(17);
      expect(await copy.count('inbound_calls')).toBe(1);
    });
  });
}
