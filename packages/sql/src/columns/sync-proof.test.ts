import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfIds, formerOwnersOf, idsBelowOf, ownerMark, planHash, proofOf, provedMd5 } from './sync-proof.js';

const ids = [
  { table: 'transactions', id: 't1' },
  { table: 'connections', id: 'c1' },
] as const;

describe('provedMd5', () => {
  it('R16 is the md5 of the row that was written whole under this plan', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (plan, md5) => {
        expect(provedMd5(proofOf(planHash(plan, ''), digestOfIds(ids), md5), planHash(plan, ''), md5)).toBe(md5);
      }),
    );
  });

  it('R16 is null for another plan, another md5, and rows of another program', () => {
    const proof = proofOf(planHash('a', ''), digestOfIds(ids), 'md5');
    expect(provedMd5(proof, planHash('b', ''), 'md5')).toBeNull();
    expect(provedMd5(proof, planHash('a', ''), 'newer')).toBeNull();
    expect(provedMd5(proof, planHash('a', ''), '5')).toBeNull();
    expect(provedMd5(proof, planHash('a', ''), null)).toBeNull();
    expect(provedMd5(null, planHash('a', ''), 'md5')).toBeNull();
    expect(provedMd5('md5', planHash('a', ''), 'md5')).toBeNull();
  });
});

describe('formerOwnersOf', () => {
  it('R18 are the campaigns that had the row before, beside a proof that holds', () => {
    const [plan, ids] = [planHash('a', ''), digestOfIds([])];
    const former = [ownerMark('A'), ownerMark('of: another, campaign')];
    const proof = proofOf(plan, ids, 'md5', former);
    expect([formerOwnersOf(proof), idsBelowOf(proof), provedMd5(proof, plan, 'md5')]).toEqual([former, ids, 'md5']);
    expect(provedMd5(proof, planHash('b', ''), 'md5')).toBeNull();
    expect(formerOwnersOf(proofOf(plan, ids, 'md5'))).toEqual([]);
    expect(formerOwnersOf(null)).toEqual([]);
  });
});

describe('digestOfIds', () => {
  it('is of the ids and their tables, not of their order', () => {
    expect(digestOfIds([...ids].reverse())).toBe(digestOfIds(ids));
    expect(digestOfIds(ids.slice(1))).not.toBe(digestOfIds(ids));
    expect(digestOfIds([{ table: 'recordings', id: 't1' }])).not.toBe(digestOfIds(ids.slice(0, 1)));
  });
});
