import assert from 'node:assert/strict';
import type { Finding } from '@dbsync/core/contract';

/** Expects findings of a health check on a target that works: each has words, and none fails. */
export function expectFindings(findings: readonly Finding[]): void {
  assert.ok(findings.length > 0, 'a finding');
  for (const { level, what, remedy } of findings) {
    assert.ok(['pass', 'warn', 'fail', 'unknown'].includes(level), `a level: ${level}`);
    assert.ok(what.trim() !== '' && remedy?.trim() !== '', 'words, and a remedy or null');
    assert.notEqual(level, 'fail', `"${what}" fails on a target that works`);
  }
}

/** Expects that a health check says that the target cannot be reached. */
export function expectFailure(findings: readonly Finding[]): void {
  assert.ok(
    findings.some(({ level }) => level === 'fail'),
    `a finding that fails: ${JSON.stringify(findings)}`,
  );
}
