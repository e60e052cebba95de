import assert from 'node:assert/strict';
import type { ReportView, StoreSink, Viewing, ViewRequest } from '@dbsync/core/contract';
import { type CaseBench, SAMPLE_FIELDS } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContact } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** Views for reports. */
export const viewingCases: readonly StoreCase[] = [
  viewingCase('views are made once, beside a writer, and a look at them changes nothing', async (bench) => {
    const writer = await bench.writer();
    const before = await look(bench, writer.sink);
    assert.ok(before.length > 0, 'the sink has views to make');
    for (const { state, name } of before) assert.equal(state, 'absent', `${name} before it was installed`);
    assert.deepEqual(stripped(await look(bench, writer.sink, MADRID)), stripped(zoned(before)), 'a look makes no view');

    const other = await bench.open();
    const installed = await viewingOf(other).installViews(MADRID, bench.options);
    assert.deepEqual(stripped(installed), stripped(zoned(before, 'current')));
    await writer.write({ contacts: [sampleContact('A1')] });
    assert.deepEqual(await look(bench, writer.sink), installed, 'another sink sees them, and their zone');
    assert.deepEqual(await viewingOf(other).installViews({ timeZone: null }, bench.options), installed);
    const lisbon = await look(bench, writer.sink, { timeZone: 'Europe/Lisbon' });
    assert.ok(
      lisbon.some(({ state }) => state === 'outdated'),
      'a view of another zone is out of date',
    );
  }),

  viewingCase('installed views follow the fields that any sink declares', async (bench) => {
    const sink = await bench.open();
    const installed = await viewingOf(sink).installViews(MADRID, bench.options);
    const other = await bench.open();
    await other.declareFields([...SAMPLE_FIELDS, { name: 'later', type: 'text' }], bench.options);
    const now = await look(bench, sink);
    assert.notDeepEqual(statements(now), statements(installed), 'no view shows the new field');
    for (const { name, state } of now) assert.equal(state, 'current', name);
  }),

  viewingCase('dropped views are gone, and no declaration of fields brings them back', async (bench) => {
    const sink = await bench.open();
    assert.deepEqual(await viewingOf(sink).dropViews(bench.options), []);
    const names = (await viewingOf(sink).installViews(MADRID, bench.options)).map(({ name }) => name);
    assert.deepEqual((await viewingOf(sink).dropViews(bench.options)).toSorted(), names.toSorted());
    await sink.declareFields([...SAMPLE_FIELDS, { name: 'later', type: 'text' }], bench.options);
    for (const { name, state } of await look(bench, sink)) assert.equal(state, 'absent', name);
    assert.deepEqual(await viewingOf(sink).dropViews(bench.options), [], 'a second drop');
  }),

  viewingCase('a time zone that is none is refused, and no view is made', async (bench) => {
    const sink = await bench.open();
    for (const call of ['describeViews', 'installViews'] as const) {
      const refusal = viewingOf(sink)[call]({ timeZone: 'Mars/Olympus' }, bench.options);
      await expectSinkError(refusal, { verdict: 'fatal' });
    }
    for (const { name, state } of await look(bench, sink)) assert.equal(state, 'absent', name);
  }),
];

const MADRID: ViewRequest = { timeZone: 'Europe/Madrid' };

function viewingCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'viewing');
}

function viewingOf({ viewing }: StoreSink): Viewing {
  assert.ok(viewing, 'the sink has viewing');
  return viewing;
}

function look({ options }: CaseBench, sink: StoreSink, request: ViewRequest = { timeZone: null }) {
  return viewingOf(sink).describeViews(request, options);
}

function zoned(views: readonly ReportView[], state: ReportView['state'] = 'absent'): readonly ReportView[] {
  return views.map((view) => ({ ...view, state, timeZone: 'Europe/Madrid' }));
}

/** Leaves out the statements, which differ by zone. */
function stripped(views: readonly ReportView[]) {
  return views.map(({ name, state, timeZone }) => ({ name, state, timeZone }));
}

function statements(views: readonly ReportView[]): readonly string[] {
  return views.map(({ statement }) => statement);
}
