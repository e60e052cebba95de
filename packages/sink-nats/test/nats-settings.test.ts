import { isSinkError, type OptionValue, SINK_API, type SinkTarget } from '@dbsync/core/contract';
import { createSink, errorCodes } from '@dbsync/sink-nats';
import manifest from '@dbsync/sink-nats/package.json' with { type: 'json' };
import { afterAll, describe, expect, it } from 'vitest';
import { natsTarget } from '../../../test/harness/servers/nats-subject.ts';
import { writeFiles } from './written-files.ts';

const { signal } = new AbortController();
const files = writeFiles({ broken: 'no PEM at all' });
afterAll(files.remove);

describe('the NATS sink', () => {
  it('says in its package what it is', () => {
    expect(manifest.dbsync).toMatchObject({ sinkApi: SINK_API, schemes: ['nats'] });
    expect(createSink(natsTarget(4222, 'CALLS')).kind).toBe('endpoint');
  });

  it.each(['', 'A B', 'A.B', 'A*', '>', 'A/B', 'A\\B', 'A\0'])('refuses the stream %j', (stream) => {
    expect(codeOf(natsTarget(4222, stream))).toBe('NATS_URL_INVALID');
  });

  it('refuses an address without a host', () => {
    const target = natsTarget(4222, 'CALLS');
    expect(codeOf({ ...target, address: { ...target.address, host: '' } })).toBe('NATS_URL_INVALID');
  });

  it.each<Readonly<Record<string, OptionValue>>>([
    { subject: 'a..b' },
    { subject: 'a.>' },
    { subject: 'a b' },
    { subject: '$JS.API' },
    { subject: '.a' },
    { timeout: 0 },
    { timeout: 4_000 },
    { timeout: Number.NaN },
    { cert: '/a' },
    { key: '/a' },
    { token: 'a', creds: '/a' },
  ])('refuses the options %j', (options) => {
    expect(codeOf(natsTarget(4222, 'CALLS', options))).toBe('NATS_OPTION_INVALID');
  });

  it('refuses two logins, and shows neither', () => {
    const target = natsTarget(4222, 'CALLS', { token: 'word-of-option' }, { user: 'u', password: 'word-of-address' });
    expect(codeOf(target)).toBe('NATS_OPTION_INVALID');
    expect(() => createSink(target)).not.toThrow(/word-of/);
  });

  it.each(['ca', 'creds'])('names the file of %s that it cannot read', async (option) => {
    const sink = createSink(natsTarget(4222, 'CALLS', { [option]: '/nowhere/at-all' }));
    await expect(sink.open({ signal })).rejects.toThrow(/\/nowhere\/at-all/);
    await expect(sink.open({ signal })).rejects.toMatchObject({ code: 'NATS_OPTION_INVALID', verdict: 'fatal' });
  });

  it('refuses a certificate that is none', async () => {
    const { broken } = files.paths;
    const sink = createSink(natsTarget(4222, 'CALLS', { cert: broken, key: broken }));
    await expect(sink.open({ signal })).rejects.toMatchObject({ code: 'NATS_OPTION_INVALID' });
  });
});

/** Returns the code of the error that `createSink` throws, which is in the list of codes. */
function codeOf(target: SinkTarget): keyof typeof errorCodes | undefined {
  try {
    createSink(target);
    return undefined;
  } catch (error) {
    const code = isSinkError(error) && error.verdict === 'fatal' ? error.code : '';
    return Object.keys(errorCodes).find((known) => known === code) as keyof typeof errorCodes | undefined;
  }
}
