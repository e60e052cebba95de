import { describe, expect, it } from 'vitest';
import { optionList } from '../options/option-list.js';
import { sinkCommandOptions } from '../options/sink-options.js';
import { type ConfigFile, readConfigText, readPluginDir } from './config-file.js';

const SINK = sinkCommandOptions([
  {
    sinkApi: 1,
    schemes: ['memory'],
    entry: './index.js',
    options: { key: { type: 'string', help: 'The key', sensitive: true } },
  },
]);
const options = [...optionList, ...SINK];

function read(text: string): ConfigFile {
  return readConfigText(text, { options, folder: '/etc/dbsync' });
}

/** Returns the errors as lines, without their remedies. */
function errorsOf(text: string): readonly string[] {
  const { problems } = read(text);
  for (const { remedy } of problems) expect(remedy).not.toBe('');
  return problems.map(
    ({ position, key, code, message }) => `${position.line}:${position.column} ${key} ${code}: ${message}`,
  );
}

/** Returns the values of each campaign by name. */
function valuesOf(text: string) {
  const { campaigns, problems } = read(text);
  expect(problems).toEqual([]);
  return Object.fromEntries(
    campaigns.map(({ name, layer }) => [
      name,
      Object.fromEntries([...layer.values()].map(({ key, text: value }) => [key.name, value])),
    ]),
  );
}

const GOOD = ['mode: db_sync', 'token: T', 'url: memory://host'].map((line) => `  ${line}`).join('\n');

describe('a file of campaigns', () => {
  it('gives each campaign its own keys over the defaults', () => {
    const text = `defaults:\n${GOOD}\n  interval: 30\ncampaigns:\n  - campaign: A\n  - name: second\n    campaign: B\n    interval: 90\n`;
    const defaults = { mode: 'db_sync', token: 'T', url: 'memory://host' };
    expect(valuesOf(text)).toEqual({
      A: { ...defaults, interval: '30', campaign: 'A' },
      second: { ...defaults, interval: '90', campaign: 'B' },
    });
  });

  it('is read as JSON as well', () => {
    const campaign = {
      campaign: 'A',
      mode: 'db_init',
      'token-env': 'TOKEN_A',
      url: 'memory://h',
      'no-foreign-keys': true,
    };
    expect(valuesOf(JSON.stringify({ campaigns: [campaign] }))).toEqual({
      A: { ...campaign, 'no-foreign-keys': 'true' },
    });
  });

  it('keeps the digits of the file, joins lists, and counts paths from its folder', () => {
    const keys = 'campaign: 0123, filter-prefix: [fc_, qc_], exclude-fields: [a, b], token-file: t, log-dir: /logs';
    const text = `campaigns: [{mode: db_sync, url: memory://h, alert-command: notify, ${keys}}]`;
    expect(valuesOf(text)['0123']).toMatchObject({
      campaign: '0123',
      'filter-prefix': 'fc_,qc_',
      'exclude-fields': 'a\nb',
      'token-file': '/etc/dbsync/t',
      'log-dir': '/logs',
      'alert-command': 'notify',
    });
  });

  it('replaces the way to a secret by that of a campaign', () => {
    const text =
      'defaults: {mode: db_sync, url: memory://h, token-file: t}\ncampaigns: [{campaign: A, token-env: TOKEN}]';
    const { A } = valuesOf(text);
    expect(A).toMatchObject({ 'token-env': 'TOKEN' });
    expect(A).not.toHaveProperty('token-file');
  });

  it('takes whole values by aliases, and is not led astray by one that names its own parent', () => {
    const text = `defaults:\n${GOOD}\ncampaigns:\n  - {campaign: A, filter-prefix: &p [fc_]}\n  - {campaign: B, filter-prefix: *p}\n`;
    expect(valuesOf(text).B).toMatchObject({ 'filter-prefix': 'fc_' });
    expect(errorsOf('campaigns: &all\n  - campaign: *all\n')[0]).toMatch(/^\d+:\d+ campaigns\[0\]/);
  });

  it('shows all errors at once, each with its place', () => {
    const text = [
      'metrics-port: 99999',
      'intervall: 3',
      'defaults:',
      '  mode: db_sink',
      '  url: memory://host',
      'campaigns:',
      '  - campaign: A',
      '    token-file: a',
      '    token-env: A',
      '    lease: 0',
      '  - campaign: B',
      '    interval:',
      '    memory-kye: 1',
      '  - text',
    ].join('\n');
    expect(errorsOf(text)).toEqual([
      '1:15 metrics-port CLI_OPTION_VALUE: metrics-port takes a whole number from 0 to 65535.',
      '2:1  CLI_CONFIG_KEY: There is no key intervall at the top of the file.',
      '4:9 defaults.mode CLI_OPTION_VALUE: mode takes one of: db_init, db_update, db_sync, webhook.',
      '9:5 campaigns[0].token-env CLI_OPTION_CONFLICT: token-env and token-file contradict each other: both are given.',
      '10:12 campaigns[0].lease CLI_OPTION_VALUE: lease takes a whole number from 1 to 3600.',
      '11:5 campaigns[1] CLI_OPTION_MISSING: Not given: token.',
      '12:14 campaigns[1].interval CLI_OPTION_VALUE: interval has no value.',
      '13:5 campaigns[1] CLI_CONFIG_KEY: There is no key memory-kye of a campaign.',
      '14:5 campaigns[2] CLI_CONFIG_KEY: campaigns[2] has to be a map of keys and values.',
      '14:5 campaigns[2] CLI_OPTION_MISSING: Not given: campaign, token.',
    ]);
  });

  it.each([
    ['nothing', '', '1:1  CLI_CONFIG_KEY: The file has to be a map'],
    ['no campaigns', 'defaults: {interval: 3}', 'CLI_CONFIG_KEY: The file has no campaigns.'],
    ['an empty list', 'campaigns: []', 'CLI_CONFIG_KEY: The list of campaigns is empty.'],
    ['a map of campaigns', 'campaigns: {A: {}}', 'CLI_CONFIG_KEY: campaigns has to be a list.'],
    ['a tab', 'campaigns:\n\t- campaign: A', '2:1  CLI_CONFIG_SYNTAX: A tab indents this line'],
    ['two documents', 'campaigns: []\n---\nmore: 1', 'CLI_CONFIG_SYNTAX: The file holds a second document'],
    ['a key twice', 'json: true\njson: false', '2:1  CLI_CONFIG_SYNTAX: This key stands twice in the same map.'],
    ['an open quote', 'campaigns: "', 'CLI_CONFIG_SYNTAX: A quote, a bracket, a colon or a blank is missing.'],
    ['a merge key', 'defaults: {<<: {interval: 3}}\ncampaigns: []', 'CLI_CONFIG_KEY: Merge keys (<<) are not read.'],
    ['a list where one value stands', 'defaults: {interval: [1, 2]}\ncampaigns: []', 'interval takes one value.'],
    ['an option for one start', 'defaults: {adopt-url: true}\ncampaigns: []', 'There is no key adopt-url in defaults.'],
    [
      'hashes without a key',
      'campaigns: [{campaign: A, mode: db_sync, token: T, url: x:y, hash-fields: $phone}]',
      'hash-fields needs a key',
    ],
    [
      'a wrong name',
      'campaigns: [{name: a b, campaign: A, mode: db_sync, token: T, url: x:y}]',
      'campaigns[0].name CLI_OPTION_VALUE',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(errorsOf(text).join('\n')).toContain(message);
  });

  it.each([
    ['a name', '{name: n, campaign: A}', '{name: n, campaign: B}', 'The name n is that of campaigns[0] too'],
    ['a copy', '{name: a, campaign: A}', '{name: b, campaign: A}', 'This is the same copy as campaigns[0]'],
    [
      'an outbox',
      '{name: a, campaign: A, mode: webhook}',
      '{name: b, campaign: A, mode: webhook, url: memory://b}',
      'same copy',
    ],
  ])('refuses %s that two campaigns share', (_, first, second, message) => {
    const errors = errorsOf(`defaults:\n${GOOD}\ncampaigns:\n  - ${first}\n  - ${second}\n`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });

  it.each([
    ['another prefix', '{name: b, campaign: A, table-prefix: b_}'],
    ['another target', '{name: b, campaign: A, url: memory://b}'],
    ['another mode', '{name: b, campaign: A, mode: webhook, url: memory://b}'],
    ['another option of the sink', '{name: b, campaign: A, memory-key: K}'],
  ])('takes a campaign twice with %s', (_, second) => {
    expect(errorsOf(`defaults:\n${GOOD}\ncampaigns:\n  - {name: a, campaign: A}\n  - ${second}\n`)).toEqual([]);
  });

  it('quotes no value that may be a secret', () => {
    const secrets = [
      'token: [canary-1, canary-2]',
      'canary-token-0123456789: 1',
      'token: canary-3\n    token-file: canary-4',
      'url: "canary',
    ];
    for (const secret of secrets) {
      const text = `campaigns:\n  - campaign: A\n    ${secret}\n`;
      expect(errorsOf(text).join('\n')).not.toBe('');
      expect(JSON.stringify(read(text).problems)).not.toContain('canary');
    }
  });

  it('says which folder has the sinks before it knows their options', () => {
    expect(readPluginDir('plugin-dir: sinks\nunknown: 1', '/etc/dbsync', optionList)).toBe('/etc/dbsync/sinks');
    expect(readPluginDir('[', '/etc/dbsync', optionList)).toBeNull();
  });
});
