import { describe, expect, it } from 'vitest';
import { runOptions } from './run-options.js';

const NEEDED = { mode: 'db_sync', campaign: 'CAMPAIGN', token: 'TOKEN', url: 'sqlite:x.db' };
const read = (given: Record<string, string> = {}) => runOptions(new Map(Object.entries({ ...NEEDED, ...given })));

describe('runOptions', () => {
  it('fills in what was not given', () => {
    expect(read()).toEqual({
      alerts: { url: null, secretFile: null, command: null, healthcheckUrl: null },
      mode: 'db_sync',
      campaign: 'CAMPAIGN',
      token: 'TOKEN',
      apiUrl: 'https://api.dialfire.com',
      apiCa: null,
      since: null,
      again: false,
      filter: { mode: 'all', prefixes: [] },
      fieldSelection: { exclude: [], hash: [], keyFile: null },
      intervalMs: 60_000,
      requestConcurrency: 32,
      sharedRequests: 64,
      sharedConnections: { most: 16, isChosen: false },
      contactsPerRequest: null,
      leaseMs: 30_000,
      keepDeadLettersMs: null,
      mirrorDeletions: false,
      target: { url: 'sqlite:x.db', pluginDir: null, shared: {}, ofSinks: {} },
      webhook: {
        stateDir: null,
        stream: null,
        rate: 5,
        burst: 10,
        concurrency: 16,
        backoff: null,
        keepAcceptedMs: 3 * 86_400_000,
        keepAttemptsMs: 30 * 86_400_000,
        adoptUrl: false,
        newState: false,
      },
      log: {
        level: 'info',
        directory: null,
        fileMode: 0o600,
        retention: { maxAgeMs: 90 * 86_400_000, maxFiles: 100, maxBytes: 1024 ** 3 },
        console: false,
      },
      metrics: null,
      json: false,
      remarks: [],
    });
  });

  it('names all that is missing at once', () => {
    expect(() => runOptions(new Map([['campaign', 'A']]))).toThrow('Not given: --mode (--a), --token (--ct), --url.');
  });

  it('R38 takes --mirror-deletions for db_sync alone, and says to webhook mode why not', () => {
    const given = (mode: string) => read({ mode, 'mirror-deletions': 'true' });
    expect(given('db_sync').mirrorDeletions).toBe(true);
    expect(given('db_init')).toMatchObject({
      mirrorDeletions: false,
      remarks: [expect.stringContaining('only db_sync')],
    });
    expect(() => given('webhook')).toThrow('What was delivered cannot be taken back');
  });

  it('reads what was given', () => {
    const given = {
      'filter-mode': 'hi_updates_only',
      'filter-prefix': "'fc_, qc_'",
      since: ' 2024-01-31 ',
      interval: '1',
      lease: '2',
      'keep-dead-letters': '90d',
      'contacts-per-request': '50',
      'request-concurrency': '08',
      'api-url': 'http://127.0.0.1:8080/',
      'table-prefix': '',
      'max-custom-fields': '5',
      'no-foreign-keys': 'true',
      'sqlite-journal': 'wal',
    };
    expect(read(given)).toMatchObject({
      filter: { mode: 'hi_updates_only', prefixes: ['fc_', 'qc_'] },
      since: '2024-01-31T00:00:00.000Z',
      intervalMs: 1_000,
      leaseMs: 2_000,
      keepDeadLettersMs: 90 * 86_400_000,
      contactsPerRequest: 50,
      requestConcurrency: 8,
      apiUrl: 'http://127.0.0.1:8080',
      target: {
        shared: { 'table-prefix': '', 'max-custom-fields': '5', 'foreign-keys': 'false' },
        ofSinks: { 'sqlite-journal': 'wal' },
      },
    });
  });

  it.each([
    ['0', 'critical'],
    ['1', 'error'],
    ['2', 'warning'],
    ['3', 'notice'],
    ['4', 'info'],
    ['5', 'debug'],
    ['warning', 'warning'],
  ])('--l %s logs from %s on', (given, level) => {
    expect(read({ 'log-level': given }).log.level).toBe(level);
  });

  it('serves metrics on a port that was given, to this machine alone unless a host is given', () => {
    expect(read({ 'metrics-port': '0' }).metrics).toEqual({ host: '127.0.0.1', port: 0, passwordFile: null });
    const given = { 'metrics-port': '9464', 'metrics-host': '::', 'metrics-password-file': '/p' };
    expect(read(given).metrics).toEqual({ host: '::', port: 9464, passwordFile: '/p' });
  });

  it('logs in detail to the console with --v, unless a level is given', () => {
    expect(read({ verbose: 'true' }).log).toMatchObject({ level: 'debug', console: true });
    expect(read({ verbose: 'T', 'log-level': '1' }).log).toMatchObject({ level: 'error', console: true });
  });

  it.each([
    ['mode', 'db_copy', '--mode (--a) takes one of: db_init, db_update, db_sync, webhook.'],
    ['filter-mode', 'updates', '--filter-mode (--fm) takes one of: updates_only, hi_updates_only.'],
    ['since', '31.01.2024', '--since (--s) takes'],
    ['since', '2124-01-31', 'takes no time in the future'],
    ['interval', '0', '--interval takes a whole number from 1 to 86400.'],
    ['interval', '1.5', '--interval takes a whole number'],
    ['request-concurrency', '', '--request-concurrency (--w) is empty.'],
    ['request-concurrency', '-1', 'takes a whole number from 1 to 256.'],
    ['write-concurrency', 'many', '--write-concurrency (--d) takes a whole number from 0.'],
    ['webhook-rate', '1e3', '--webhook-rate (--wr) takes'],
    ['log-level', '-1', '--log-level (--l) takes one of'],
    ['log-level', 'loud', '--log-level (--l) takes one of'],
    ['column-types', 'json', '--column-types takes one of: native, dbsync2, text.'],
    ['metrics-port', '65536', '--metrics-port takes a whole number from 0 to 65535.'],
    ['verbose', 'yes', '--verbose (--v) takes true or false.'],
    ['api-url', 'api.dialfire.com', '--api-url takes an address'],
    ['api-url', 'ftp://x', '--api-url takes an address'],
    ['campaign', ' ', '--campaign (--c) is blank.'],
    ['url', ' ', '--url is blank.'],
    ['stream', 'a/b', '--stream takes'],
  ])('refuses --%s %j', (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(message);
  });

  it('answers options of the old client that do nothing with what took their place', () => {
    const { remarks } = read({ profiler: 'true', 'write-concurrency': '32', 'webhook-rate': '5' });
    expect(remarks).toHaveLength(3);
    expect(remarks[0]).toContain('--metrics-port');
    expect(read({ 'metrics-host': '0.0.0.0', 'metrics-password-file': '/p' }).remarks).toEqual([
      '--metrics-host has no effect without --metrics-port.',
      '--metrics-password-file has no effect without --metrics-port.',
    ]);
    expect(read({ mode: 'webhook', 'webhook-rate': '5' }).remarks).toEqual([]);
  });

  it('takes what existing commands give for the defaults of the old client', () => {
    const given = { 'filter-mode': '', since: '', 'log-level': '9', 'request-concurrency': '512' };
    const numbers = { 'write-concurrency': '0', 'webhook-rate': '0', 'webhook-burst': '0' };
    const options = read({ mode: 'webhook', ...given, ...numbers });
    expect(options).toMatchObject({
      filter: { mode: 'all' },
      since: null,
      requestConcurrency: 256,
      webhook: { rate: 5, burst: 10 },
      log: { level: 'debug' },
    });
    expect(options.remarks).toContain('--w counts as 256, the most that dbsync asks for at a time.');
  });

  it('takes --again for db_init alone, and says so elsewhere', () => {
    expect(read({ mode: 'db_init', again: 'true' })).toMatchObject({ again: true, remarks: [] });
    const remarks = ['--again has no effect: only db_init copies everything again.'];
    expect(read({ mode: 'db_sync', again: 'true' })).toMatchObject({ again: false, remarks });
  });

  it('takes twice the rate as the burst where none is given', () => {
    expect(read({ 'webhook-rate': '7' }).webhook).toMatchObject({ rate: 7, burst: 14 });
    expect(read({ 'webhook-rate': '7', 'webhook-burst': '3' }).webhook).toMatchObject({ rate: 7, burst: 3 });
  });

  it.each(['a\nb', 'a\u0000b', 'token\u2013with-dash', 'tok\u200ben', 'a\u001bb'])(
    'refuses a token with a character that no header can have: %j',
    (token) => {
      const refused = (message: string) => expect.objectContaining({ code: 'CLI_OPTION_VALUE', exit: 2, message });
      const values = new Map(Object.entries({ ...NEEDED, token }));
      expect(() => runOptions(values)).toThrow(refused('--token (--ct) holds a character that no header can have.'));
      values.set('token-file', '/run/token');
      expect(() => runOptions(values)).toThrow(
        refused('The file of --token-file holds a character that no header can have.'),
      );
    },
  );
});
