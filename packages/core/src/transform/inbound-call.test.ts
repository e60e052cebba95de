import { describe, expect, it } from 'vitest';
import { digits } from '../contract/index.js';
import { toInboundCall } from './inbound-call.js';

const context = { stream: 'campaign', now: () => '2026-03-02T12:00:00.000Z' };

describe('toInboundCall', () => {
  it('keeps the values as they came', () => {
    const body = { id: 'call-1', calling_number: '+49' };
    expect(toInboundCall(body, context)).toEqual({ kind: 'call', call: { id: 'call-1', values: body } });
  });

  it.each([[{ id: '' }], [{ id: 5 }], [{ id: null }], [{}]])('makes a dead letter of %j', (body) => {
    const record = toInboundCall({ ...body, contact_id: 'C1', nr: digits('1.10') }, context);
    expect(record).toMatchObject({
      kind: 'dead-letter',
      deadLetter: { kind: 'inbound-call', contactId: null, code: 'API_RECORD_WITHOUT_ID' },
    });
    expect(record.kind === 'dead-letter' && record.deadLetter.body).toContain('"nr":1.10');
  });

  it('sets a call aside whose id is longer than any is', () => {
    const record = toInboundCall({ id: 'x'.repeat(1_000_000) }, context);
    expect(record).toMatchObject({ kind: 'dead-letter', deadLetter: { code: 'API_RECORD_OUT_OF_BOUNDS' } });
    expect(record.kind === 'dead-letter' && record.deadLetter.reason.length).toBeLessThan(200);
  });

  it('tells calls without an id apart by what they hold', () => {
    const keyOf = (nr: number) => {
      const record = toInboundCall({ nr }, context);
      return record.kind === 'dead-letter' ? record.deadLetter.key : null;
    };
    expect(keyOf(1)).toBe(keyOf(1));
    expect(keyOf(1)).not.toBe(keyOf(2));
  });
});
