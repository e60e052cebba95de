import type { ContactTree, Fields, Json } from '@dbsync/core/contract';
import { HOSTILE_TEXTS, HOSTILE_TYPED_VALUES } from '../samples/hostile-values.js';
import {
  sampleCall,
  sampleConnection,
  sampleContact,
  sampleRecording,
  sampleTransaction,
} from '../samples/sample-contacts.js';
import { rowsCase, type StoreCase } from '../store-case.js';
import { expectStored } from '../stored-rows.js';

/** No value is cut, rounded or lost, and none is a reason to refuse a contact. */
export const hostileValueCases: readonly StoreCase[] = [
  rowsCase('any text comes back code unit by code unit', async (bench) => {
    const { sink, write } = await bench.writer();
    await sink.declareFields([{ name: 'text note', type: 'text' }], bench.options);
    const contacts = HOSTILE_TEXTS.map((text, nr) => {
      const texts = {
        contact: { $comment: text, 'text note': text },
        below: { user: text, location: text, filename: text },
      };
      return hostileContact(`T${nr}`, texts.contact, texts.below);
    });
    const inboundCalls = HOSTILE_TEXTS.map((text, nr) => sampleCall(`call-${nr}`, { user: text }));
    await write({ contacts, inboundCalls });
    await expectStored(bench.target, { contacts, inboundCalls });
  }),

  rowsCase('any time, number or boolean comes back as the same value', async (bench) => {
    const { sink, write } = await bench.writer();
    const custom = { 'a number': 'number', 'a date': 'date', 'a moment': 'calendar', 'a tick': 'checkbox' };
    await sink.declareFields(
      Object.entries(custom).map(([name, type]) => ({ name, type })),
      bench.options,
    );
    const contacts = HOSTILE_TYPED_VALUES.map((value, nr) => {
      const fields = [...Object.keys(custom), '$created_date', '$follow_up_date'];
      const below = [
        'pause_time_sec',
        'sequence_nr',
        'isHI',
        'duration',
        'started',
        'isThirdPartyConnection',
        'stopped',
      ];
      return hostileContact(`V${nr}`, all(fields, value), all(below, value));
    });
    const inboundCalls = HOSTILE_TYPED_VALUES.map((value, nr) =>
      sampleCall(`call-${nr}`, { connect_time: value, connectable_time: value }),
    );
    await write({ contacts, inboundCalls });
    await expectStored(bench.target, { contacts, inboundCalls });
  }),

  rowsCase('any JSON, under any key of a body, is kept', async (bench) => {
    const { write } = await bench.writer();
    const fields = JSON.parse(
      '{"__proto__":{"polluted":"yes"},"constructor":"c","toString":null,"hasOwnProperty":[1,{"a":null}],' +
        '"unheard_of":{"b":[true,{"z":"1","a":{}}]},"empty":{},"none":[],"$new":"n","$overflow":"o","$changed":"x"}',
    ) as Fields;
    const contacts = [hostileContact('J1', fields, fields)];
    const inboundCalls = [sampleCall('call-1', fields)];
    await write({ contacts, inboundCalls });
    await expectStored(bench.target, { contacts, inboundCalls });
  }),

  rowsCase('a text of any length is kept completely', async (bench) => {
    const { write } = await bench.writer();
    const long = `${'0123456789abcdef '.repeat(62_500)}äöü€`;
    const contactOf = (id: string, text: string) => {
      const transactions = [sampleTransaction(id, 1, { user: text })];
      return sampleContact(id, { values: { $comment: text, city: text }, transactions });
    };
    await write({ contacts: [contactOf('L1', 'short')] });
    const longer = ['x'.repeat(300), 'x'.repeat(70_000), long].map((text, nr) => contactOf(`L${nr}`, text));
    await write({ contacts: longer });
    await expectStored(bench.target, { contacts: longer });
  }),
];

function hostileContact(contactId: string, fields: Fields, below: Fields): ContactTree {
  const recording = { ...sampleRecording(contactId, 'https://records.example/a.mp3'), values: below };
  const connection = sampleConnection(`${contactId}-c`, { values: below, recordings: [recording] });
  const transactions = [sampleTransaction(contactId, 1, below, [connection])];
  return sampleContact(contactId, { values: fields, transactions });
}

function all(names: readonly string[], value: Json): Fields {
  return Object.fromEntries(names.map((name) => [name, value]));
}
