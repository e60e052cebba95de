import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPlugin, listSinkPlugins } from './find-plugin.js';

/** app/node_modules/@dbsync/cli/bin/dbsync.js is the command; node_modules above and beside it hold plugins. */
let root = '';
const from = () => join(root, 'app/node_modules/@dbsync/cli/bin/dbsync.js');
const pluginDir = () => join(root, 'plugins');

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'dbsync-find-')));
  await install('app/node_modules/@dbsync/cli/node_modules/@dbsync/sink-near', ['near']);
  await install('app/node_modules/@dbsync/sink-near', ['near'], { version: '9.9.9' });
  await install('app/node_modules/@acme/dbsync-sink-acme', ['acme', 'twice']);
  await install('app/node_modules/dbsync-sink-plain', ['plain', 'twice']);
  await install('app/node_modules/dbsync-sink-broken', ['Broken']);
  await install('app/node_modules/dbsync-sink-future', ['future'], { sinkApi: 2 });
  await install('app/node_modules/@dbsync/sink-mysql', ['MySQL']);
  await install('app/node_modules/dbsync-sinks', ['other-name']);
  await install('app/node_modules/@acme/sink-x', ['other-name']);
  await install('node_modules/dbsync-sink-outer', ['outer']);
  await install('plugins/dbsync-sink-mine', ['plain', 'mine']);
  await install('plugins/node_modules/@me/dbsync-sink-deep', ['deep']);
  await install('global/5/node_modules/dbsync-sink-beside', ['beside']);
  await install('global/v11/1-0/node_modules/dbsync-sink-beside', ['beside']);
  await install('global/v11/2-0/node_modules/dbsync-sink-later', ['later']);
  await install('global/v11/3-0/node_modules/dbsync-sink-removed', ['removed']);
  await symlink(join(root, 'global/v11/1-0'), join(root, 'global/v11/c0ffee'), 'junction');
  await symlink(join(root, 'global/v11/2-0'), join(root, 'global/v11/decade'), 'junction');
  await mkdir(join(root, 'app/node_modules/dbsync-sink-empty'));
  await install('store/linked', ['linked']);
  await symlink(join(root, 'store/linked'), join(root, 'app/node_modules/dbsync-sink-linked'), 'junction');
  await writeFile(join(root, 'plugins/dbsync-sink-file'), 'not a folder');
  await mkdir(join(root, 'app/node_modules/dbsync-sink-torn'));
  await writeFile(join(root, 'app/node_modules/dbsync-sink-torn/package.json'), '{"name":');
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('findPlugin', () => {
  it.each([
    ['acme', '@acme/dbsync-sink-acme'],
    ['outer', 'dbsync-sink-outer'],
    ['linked', 'dbsync-sink-linked'],
    ['plain', 'dbsync-sink-plain'],
  ])('finds the plugin for %s in a node_modules above the command', async (scheme, packageName) => {
    expect(await findPlugin(scheme, { from: from() })).toMatchObject({ packageName, version: '1.2.3' });
  });

  it('takes the copy of a package that is nearest to the command', async () => {
    const { version, directory } = await findPlugin('near', { from: from() });
    expect(version).toBe('1.2.3');
    expect(directory).toBe(join(root, 'app/node_modules/@dbsync/cli/node_modules/@dbsync/sink-near'));
  });

  it.each(['mine', 'plain'])('looks into the plugin directory first, for %s', async (scheme) => {
    const { packageName } = await findPlugin(scheme, { from: from(), pluginDir: pluginDir() });
    expect(packageName).toBe('dbsync-sink-mine');
  });

  it('finds what npm installed below the plugin directory', async () => {
    const { packageName } = await findPlugin('deep', { from: from(), pluginDir: pluginDir() });
    expect(packageName).toBe('@me/dbsync-sink-deep');
  });

  it.each(['global/v11/c0ffee', 'global/5'])(
    'finds what pnpm keeps in %s, where the command is a link',
    async (above) => {
      const calledAs = join(root, above, 'node_modules/@dbsync/cli/bin/dbsync.js');
      const { version } = await findPlugin('beside', { from: join(root, 'links/bin/dbsync.js'), calledAs });
      expect(version).toBe('1.2.3');
    },
  );

  it('finds what pnpm installed globally at another time, and not what is left of a removed one', async () => {
    const places = {
      from: join(root, 'links/bin/dbsync.js'),
      calledAs: join(root, 'global/v11/c0ffee/node_modules/@dbsync/cli/bin/dbsync.js'),
    };
    expect(await findPlugin('later', places)).toMatchObject({ packageName: 'dbsync-sink-later' });
    await expect(findPlugin('removed', places)).rejects.toMatchObject({ code: 'SINK_SCHEME_UNKNOWN' });
  });

  it('never looks into the working directory', async () => {
    const before = process.cwd();
    process.chdir(pluginDir());
    try {
      await expect(findPlugin('mine', { from: from() })).rejects.toMatchObject({ code: 'SINK_SCHEME_UNKNOWN' });
    } finally {
      process.chdir(before);
    }
  });

  it('names both where two serve the scheme', async () => {
    const error = await findPlugin('twice', { from: from() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PLUGIN_AMBIGUOUS' });
    expect(String(error)).toContain('@acme/dbsync-sink-acme');
    expect(String(error)).toContain('dbsync-sink-plain');
  });

  it.each([
    ['mariadb', 'npm install --global @dbsync/sink-mysql'],
    ['postgresql', 'npm install --global @dbsync/sink-postgres'],
    ['sqlserver', 'npm install --global @dbsync/sink-mssql'],
    ['sqlite', 'npm install --global @dbsync/sink-sqlite'],
    ['https', 'npm install --global @dbsync/sink-webhook'],
    ['nats', 'npm install --global @dbsync/sink-nats'],
  ])('says how to install the sink for %s', async (scheme, command) => {
    const asked = findPlugin(scheme, { from: join(root, 'elsewhere/bin.js') });
    await expect(asked).rejects.toMatchObject({ code: 'SINK_NOT_INSTALLED' });
    await expect(asked).rejects.toThrow(command);
  });

  it('says what is wrong with the very package that should serve the scheme', async () => {
    const asked = findPlugin('mariadb', { from: from() });
    await expect(asked).rejects.toMatchObject({ code: 'PLUGIN_MANIFEST_INVALID' });
    await expect(asked).rejects.toThrow('@dbsync/sink-mysql');
  });

  it.each(['nosuch', '__proto__', 'other-name'])('lists what is known where it knows no %s', async (scheme) => {
    const error = await findPlugin(scheme, { from: from() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SINK_SCHEME_UNKNOWN' });
    expect(String(error)).toContain(
      'acme, http, https, linked, mariadb, mssql, mysql, nats, near, outer, plain, postgres,',
    );
    expect(String(error)).toContain('The plugin dbsync-sink-future was written for version 2');
  });

  it('refuses a plugin directory that is none', async () => {
    const asked = findPlugin('mine', { from: from(), pluginDir: join(root, 'nowhere') });
    await expect(asked).rejects.toMatchObject({ code: 'PLUGIN_DIR_MISSING' });
  });
});

describe('listSinkPlugins', () => {
  it('lists each package once, and beside them what cannot be used', async () => {
    const { plugins, unusable } = await listSinkPlugins({ from: from(), pluginDir: pluginDir() });
    expect(plugins.map(({ packageName }) => packageName)).toEqual([
      'dbsync-sink-mine',
      '@me/dbsync-sink-deep',
      '@dbsync/sink-near',
      '@acme/dbsync-sink-acme',
      'dbsync-sink-linked',
      'dbsync-sink-plain',
      'dbsync-sink-outer',
    ]);
    expect(unusable.map(({ packageName, error }) => [packageName, error.code])).toEqual([
      ['@dbsync/sink-mysql', 'PLUGIN_MANIFEST_INVALID'],
      ['dbsync-sink-broken', 'PLUGIN_MANIFEST_INVALID'],
      ['dbsync-sink-future', 'PLUGIN_API_MISMATCH'],
      ['dbsync-sink-torn', 'PLUGIN_MANIFEST_INVALID'],
    ]);
  });
});

async function install(
  folder: string,
  schemes: readonly string[],
  { version = '1.2.3', sinkApi = 1 }: { version?: string; sinkApi?: number } = {},
): Promise<void> {
  const file = join(root, folder, 'package.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ version, dbsync: { sinkApi, schemes, entry: './index.js' } }));
}
