import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../../../../test/harness/command/command-here.ts';
import { english, languageBeside, type ReaderLanguage } from './reader-language.js';

const MANIFEST = {
  sinkApi: 1,
  schemes: ['lamp'],
  entry: './index.js',
  languages: ['./texts', 'lamp-base'],
  options: {
    colour: { type: 'string', help: 'Colour of the lamp' },
    size: { type: 'string', help: 'Size of the lamp' },
  },
};

/** The code of a sink that cannot be created. */
const throws = (code: string) => `
import { SinkError } from '${import.meta.resolve('@dbsync/core/contract')}';
export function createSink() {
  throw new SinkError('${code}', 'Lamp 7 is off.', { verdict: 'fatal', outcome: 'not-committed' });
}`;

/** Installs a sink of a third party, whose texts are in its own package and in another one. */
function installLamp(files: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-lamp-'));
  const all: Readonly<Record<string, unknown>> = {
    'dbsync-sink-lamp/package.json': { name: 'dbsync-sink-lamp', version: '1.0.0', type: 'module', dbsync: MANIFEST },
    'dbsync-sink-lamp/index.js': throws('LAMP_OFF'),
    'dbsync-sink-lamp/texts/es/help.json': { 'Colour of the lamp': 'Color de la lámpara' },
    'dbsync-sink-lamp/texts/es/errors.json': {
      LAMP_OFF: { what: 'La lámpara está apagada.', normal: null, remedy: 'Enciéndala.' },
    },
    'lamp-base/package.json': { name: 'lamp-base', version: '1.0.0' },
    'lamp-base/languages/es/help.json': { 'Colour of the lamp': 'no', 'Size of the lamp': 'Tamaño de la lámpara' },
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    const file = join(folder.path, 'node_modules', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const RUN = ['--mode', 'db_init', '--campaign', 'LAMP0000', '--token', 'x'.repeat(20), '--url', 'lamp:7'];

describe('the language of the reader', () => {
  it.each([
    ['--lang', ['--lang', 'es'], {}, false],
    ['DBSYNC_LANG', [], { DBSYNC_LANG: 'es' }, false],
    ['LANG on a terminal', [], { LANG: 'es_ES.UTF-8' }, true],
    ['--lang over LC_ALL', ['--lang', 'es'], { LC_ALL: 'C' }, true],
  ])('shows the texts of a sink that its manifest names: %s', async (_, words, variables, isTTY) => {
    using lamp = installLamp();
    const { code, stdout } = await runHere(['help', 'lamp', '--plugin-dir', lamp.path, ...words], variables, isTTY);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--lamp-colour +Color de la lámpara/);
    expect(stdout).toMatch(/--lamp-size +Tamaño de la lámpara/);
  });

  it.each([
    ['nothing', {}, true],
    ['LANG', { LANG: 'en_US.UTF-8' }, true],
    ['C', { LANG: 'es_ES.UTF-8', LC_ALL: 'C' }, true],
    ['the locale in a pipe or a journal', { LANG: 'es_ES.UTF-8' }, false],
  ])('stays English by %s', async (_, variables, isTTY) => {
    using lamp = installLamp();
    const { stdout } = await runHere(['help', 'lamp', '--plugin-dir', lamp.path], variables, isTTY);
    expect(stdout).toMatch(/--lamp-colour +Colour of the lamp/);
  });

  it('shows a text in English whose catalogue is broken', async () => {
    using lamp = installLamp({ 'dbsync-sink-lamp/texts/es/help.json': '{"Colour of the lamp": ' });
    const { code, stdout } = await runHere(['help', 'lamp', '--plugin-dir', lamp.path, '--lang', 'es'], {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/--lamp-colour +no/);
    expect(stdout).toMatch(/--lamp-size +Tamaño de la lámpara/);
  });

  it('refuses a language that it does not have, also where help is asked for', async () => {
    const { code, stdout } = await runHere(['--help', '--lang', 'fr'], {});
    expect(code).toBe(2);
    expect(stdout).toContain('CLI_OPTION_VALUE: --lang takes one of: en, es, de.');
  });
});

/** Runs a copy into the lamp, and returns what is printed after the place of the log. */
async function failedRun(lamp: { readonly path: string }, ...words: readonly string[]) {
  const { code, stdout } = await runHere([...RUN, '--plugin-dir', lamp.path, ...words], {});
  return { code, printed: stdout.split('\n').slice(1).join('\n') };
}

describe('the language of stderr', () => {
  const spanish: ReaderLanguage = { ...english };

  it.each([
    ['that of stdout where it is chosen', {}, true, spanish],
    ['that of stdout on a terminal', { isTTY: true }, false, spanish],
    ['English in a file', {}, false, english],
  ])('is %s', (_, stream, isChosen, language) => {
    expect(languageBeside(spanish, stream, isChosen)).toBe(language);
  });
});

describe('the command itself', () => {
  it.each([
    ['es', 'Más información:'],
    ['de', 'Weiterlesen:'],
  ])('speaks %s, in the help and of its errors', async (lang, heading) => {
    expect((await runHere(['--help'], { LANG: `${lang}.UTF-8` }, true)).stdout).toContain(heading);
    const { code, stdout } = await runHere(['--mode', 'db_sync', '--lang', lang], {});
    expect(code).toBe(2);
    expect(stdout).toMatch(/^CLI_OPTION_MISSING: .+\n {2}Not given: --campaign \(--c\), .+\n {2}.+\n$/);
  });

  it('explains errors of core', async () => {
    const { stdout } = await runHere(['status', '--url', 'lamp:7', '--lang', 'de'], {});
    expect(stdout).toMatch(/^SINK_SCHEME_UNKNOWN: (?!No sink).+\n {2}No sink serves "lamp"\. .+\n {2}.+\n$/);
  });
});

describe('an error', () => {
  it('is explained in the language of the reader, around the English message', async () => {
    using lamp = installLamp();
    const { code, printed } = await failedRun(lamp, '--lang', 'es');
    expect(code).toBe(2);
    expect(printed).toBe('LAMP_OFF: La lámpara está apagada.\n  Lamp 7 is off.\n  Enciéndala.\n');
  });

  it('is English in the journal of a service, whatever the locale is', async () => {
    using lamp = installLamp();
    const run = (variables: Readonly<Record<string, string>>, isTTY: boolean) =>
      runHere([...RUN, '--plugin-dir', lamp.path], variables, isTTY);
    const [journal, terminal] = [await run({ LANG: 'es_ES.UTF-8' }, false), await run({ LANG: 'es_ES.UTF-8' }, true)];
    expect(journal.stdout).toContain('LAMP_OFF: Lamp 7 is off.');
    expect(terminal.stdout).toContain('LAMP_OFF: La lámpara está apagada.');
  });

  it('stays English in --json', async () => {
    using lamp = installLamp();
    const { printed } = await failedRun(lamp, '--lang', 'es', '--json');
    expect(JSON.parse(printed.trim())).toMatchObject({ code: 'LAMP_OFF', message: 'Lamp 7 is off.' });
    expect(printed).not.toContain('lámpara');
  });

  it('is not explained by another sink that has a code of the same name', async () => {
    const dbsync = { ...MANIFEST, schemes: ['torch'], languages: ['./texts'], options: {} };
    using lamp = installLamp({
      'dbsync-sink-lamp/index.js': throws('LIGHT_BUSY'),
      'dbsync-sink-torch/package.json': { name: 'dbsync-sink-torch', version: '1.0.0', type: 'module', dbsync },
      'dbsync-sink-torch/texts/es/errors.json': {
        LIGHT_BUSY: { what: 'La linterna está ocupada.', normal: null, remedy: 'Espere.' },
      },
    });
    expect((await failedRun(lamp, '--lang', 'es')).printed).toBe('LIGHT_BUSY: Lamp 7 is off.\n');
  });

  it('without a translation is what it is in English', async () => {
    using lamp = installLamp({ 'dbsync-sink-lamp/index.js': throws('LAMP_LOST') });
    const plain = await failedRun(lamp);
    expect(plain.printed).toBe('LAMP_LOST: Lamp 7 is off.\n');
    expect(await failedRun(lamp, '--lang', 'es')).toEqual(plain);
  });
});
