// node scripts/print-config-schema.ts: prints packages/cli/schema/config.schema.json from the options of the command and of the sinks.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigKey, ConfigKeys } from '../packages/cli/src/config/config-keys.ts';
import type { CommandOption } from '../packages/cli/src/options/command-option.ts';
import { commandSources } from './command-sources.ts';
import { loadSource } from './sources.ts';

export const configSchemaFile = join(import.meta.dirname, '../packages/cli/schema/config.schema.json');

const NAME = {
  description: 'The name of the campaign in logs, metrics and commands. Without it: the id of the campaign.',
  type: 'string',
  pattern: '^[A-Za-z0-9][\\w.-]{0,63}$',
};

/** Returns the JSON Schema of a file of campaigns, for editors. `dbsync config check` checks more. */
export async function configSchema(): Promise<string> {
  const { keysOfCampaigns, keysOfProcess } = await loadSource<
    typeof import('../packages/cli/src/config/config-keys.ts')
  >('cli', 'config/config-keys');
  const { options: ofCommand, sinks } = await commandSources();
  const options: readonly CommandOption[] = [...ofCommand, ...sinks.flatMap((sink) => sink.options)];
  const campaign = keysOfCampaigns(options);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:dbsync:config:1',
    title: 'Campaigns of dbsync',
    description:
      'The file of dbsync run --config. docs/configuration.md describes it; dbsync config check FILE checks more.',
    type: 'object',
    properties: {
      ...propertiesOf(keysOfProcess(options)),
      defaults: { description: 'Keys for all campaigns that do not set them.', $ref: '#/$defs/campaign' },
      campaigns: {
        description: 'The campaigns.',
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: { $ref: '#/$defs/named' },
      },
    },
    required: ['campaigns'],
    additionalProperties: false,
    $defs: {
      campaign: {
        type: 'object',
        properties: propertiesOf(campaign),
        additionalProperties: false,
        ...oneOfEach(campaign),
      },
      named: {
        type: 'object',
        properties: { name: NAME, ...propertiesOf(campaign) },
        additionalProperties: false,
        ...oneOfEach(campaign),
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function propertiesOf(keys: ConfigKeys): object {
  return Object.fromEntries([...keys.values()].map((key) => [key.name, propertyOf(key)]));
}

function propertyOf({ name, option, gives }: ConfigKey): object {
  if (gives === 'variable') {
    return { description: `The variable of the environment that holds ${option.name}.`, type: 'string', minLength: 1 };
  }
  if (gives === 'credential') {
    const secret = name.replace(/-credential$/, '');
    return {
      description: `The credential of systemd that holds ${secret}.`,
      type: 'string',
      pattern: '^[\\w.@-]{1,255}$',
    };
  }
  const description = option.default === undefined ? option.help : `${option.help}. Default: ${option.default}`;
  return { description, ...typeOf(option) };
}

function typeOf({
  type,
  min = 0,
  max,
  capped,
  values,
  alsoTakes,
  repeatable,
  separator,
  mayBeEmpty,
}: CommandOption): object {
  if (type === 'flag') return { type: 'boolean' };
  if (type === 'whole-number') {
    return { type: 'integer', minimum: min, ...(max === undefined || capped ? {} : { maximum: max }) };
  }
  const one = values !== undefined && alsoTakes === undefined ? { enum: values } : oneText(mayBeEmpty === true);
  return repeatable || separator ? { anyOf: [one, { type: 'array', items: one }] } : one;
}

/** Texts may be written as numbers: a port, or a campaign of digits. */
function oneText(mayBeEmpty: boolean): object {
  return { type: ['string', 'number', 'boolean'], ...(mayBeEmpty ? {} : { minLength: 1 }) };
}

/** Forbids two keys of one family, such as `token` beside `token-file`. */
function oneOfEach(keys: ConfigKeys): object {
  const all = [...keys.values()];
  const pairs = all.flatMap((key, at) =>
    all.slice(at + 1).flatMap((other) => (other.family === key.family ? [[key.name, other.name]] : [])),
  );
  return { allOf: pairs.map((required) => ({ not: { required } })) };
}

if (import.meta.main) {
  mkdirSync(dirname(configSchemaFile), { recursive: true });
  writeFileSync(configSchemaFile, await configSchema());
  console.log(`Wrote ${configSchemaFile}.`);
}
