import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, configSchemaFile } from '../../../scripts/print-config-schema.ts';

async function errorsOf(document: unknown): Promise<readonly string[]> {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(JSON.parse(await configSchema()));
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the JSON Schema of a file of campaigns', () => {
  it('is printed as packages/cli/schema/config.schema.json (else run `node scripts/print-config-schema.ts` and `npm run fix`)', async () => {
    expect(JSON.parse(readFileSync(configSchemaFile, 'utf8'))).toEqual(JSON.parse(await configSchema()));
  });

  it('takes the examples of docs/configuration.md', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
    const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(await errorsOf(parse(example))).toEqual([]);
  });

  it.each([
    ['a word of a flag', { campaigns: [{ 'no-foreign-keys': 'yes' }] }, 'must be boolean'],
    ['an unknown key', { campaigns: [{ intervall: 3 }] }, 'must NOT have additional properties'],
    ['two ways to a secret', { campaigns: [{ token: 'T', 'token-env': 'E' }] }, 'must NOT be valid'],
    ['a number out of range', { campaigns: [{ lease: 0 }] }, 'must be >= 1'],
    ['no campaigns', { defaults: {} }, "must have required property 'campaigns'"],
    ['an unknown mode', { defaults: { mode: 'sync' }, campaigns: [{}] }, 'must be equal to one of the allowed values'],
  ])('marks %s', async (_, document, message) => {
    expect((await errorsOf(document)).join('\n')).toContain(message);
  });
});
