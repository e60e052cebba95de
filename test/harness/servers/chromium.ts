import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { type DebianServer, debianBuild } from './debian-build.ts';
import { giveToServer, serverHome, serverUser } from './server-build.ts';

/** A private browser without a window. It ends together with this process, since its pipe ends then. */
export interface Chromium extends AsyncDisposable {
  /** Opens a page of HTML in a tab of its own. */
  show(page: string, look: PageLook): Promise<ShownPage>;
  /** Opens an address in a tab of its own. */
  visit(url: string, look: PageLook): Promise<ShownPage>;
  /** Ends the browser at once, as a machine without memory does. */
  kill(): void;
}

export interface PageLook {
  /** The size in CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
}

/** A page that has been loaded. */
export interface ShownPage {
  /** The addresses that the page asked for, its own left out. */
  readonly requests: readonly string[];
  /** Messages of the console, and errors. */
  readonly messages: readonly string[];
  /** Runs an expression in the page; its value is JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Returns a picture of the upper part of the page, as WebP, as large as its look. */
  picture(): Promise<Buffer>;
}

/** The browser of Debian alone, without the windows that the package `chromium` has. */
const chromium: DebianServer = {
  product: 'chromium',
  package: { name: 'chromium-headless-shell' },
  /** It makes its profile itself. */
  initialise: async () => {},
};

/** Starts the browser; the first one on a machine is fetched in some seconds. */
export async function startChromium(): Promise<Chromium> {
  const folder = await debianBuild(chromium);
  const tree = join(folder, 'tree');
  const home = await serverHome(chromium.product, folder);
  const fonts = join(home, 'fonts.conf');
  writeFileSync(fonts, fontsIn(tree, home));
  giveToServer(fonts);
  const { spawnOptions } = serverUser();
  const child = spawn(join(tree, 'usr/lib/chromium/chromium-headless-shell'), argumentsFor(home), {
    ...spawnOptions,
    cwd: home,
    env: { ...spawnOptions.env, HOME: home, FONTCONFIG_FILE: fonts, LD_LIBRARY_PATH: librariesIn(tree) },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const browser = createDevtools(child);
  let pages = 0;
  return {
    show(page, look) {
      const file = join(home, `page-${++pages}.html`);
      writeFileSync(file, page);
      giveToServer(file);
      return showPage(browser, pathToFileURL(file).href, look);
    },
    visit: (url, look) => showPage(browser, url, look),
    kill: () => void child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        await browser.call('Browser.close').catch(() => child.kill());
        await ended;
      }
      // Helpers of a browser that was killed may write for a moment longer.
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function argumentsFor(home: string): readonly string[] {
  // The sandbox needs rights that a container seldom gives. The browser shows pages of this repository alone.
  const container = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--no-first-run',
    '--hide-scrollbars',
  ];
  return ['--remote-debugging-pipe', `--user-data-dir=${join(home, 'data')}`, ...container, ...quiet];
}

/** The fonts that came with the browser, so that its pictures are the same on each machine. */
function fontsIn(tree: string, home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(tree, 'usr/share/fonts')}</dir><cachedir>${join(home, 'fonts')}</cachedir></fontconfig>
`;
}

/** Its processes start each other by the path of their program, so the loader is the machine's own. */
function librariesIn(tree: string): string {
  const found = globSync('{lib,usr/lib}/*-linux-gnu*{,/pulseaudio}', { cwd: tree });
  return found.map((path) => join(tree, path)).join(':');
}

async function showPage(browser: Devtools, url: string, look: PageLook): Promise<ShownPage> {
  const { width, height, scheme, media = 'screen' } = look;
  const { targetId } = await browser.call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  const tab = <T>(method: string, params: object = {}) => browser.call<T>(method, params, sessionId);
  const requests: string[] = [];
  const messages: string[] = [];
  const loaded = Promise.withResolvers<void>();
  browser.listen(sessionId, (method, params) => {
    if (method === 'Network.requestWillBeSent') requests.push(params.request.url);
    if (['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(method))
      messages.push(JSON.stringify(params));
    if (method === 'Page.loadEventFired') loaded.resolve();
  });
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await tab(`${domain}.enable`);
  await tab('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await tab('Emulation.setEmulatedMedia', { media, features });
  await tab('Page.navigate', { url });
  await Promise.race([loaded.promise, browser.gone]);
  return {
    get requests() {
      return requests.filter((address) => address !== url);
    },
    messages,
    async evaluate<T>(expression: string) {
      const answer = await tab<Evaluated>('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
      return answer.result.value as T;
    },
    async picture() {
      const clip = { x: 0, y: 0, width, height, scale: 1 };
      const shot = { format: 'webp', quality: 80, captureBeyondViewport: true, clip };
      const { data } = await tab<{ data: string }>('Page.captureScreenshot', shot);
      return Buffer.from(data, 'base64');
    },
  };
}

interface Evaluated {
  readonly result: { readonly value: unknown };
  readonly exceptionDetails?: object;
}

/** The protocol of the browser's developer tools. */
interface Devtools {
  /** Rejects once the browser has ended, or could not be started. */
  readonly gone: Promise<never>;
  /** Rejects where the browser refuses the call, or is gone. */
  call<T>(method: string, params?: object, sessionId?: string): Promise<T>;
  /** Passes on the events of a tab. */
  listen(sessionId: string, listener: Listener): void;
}

type Listener = (method: string, params: { readonly request: { readonly url: string } }) => void;

/** Speaks the protocol over the pipe of the browser: each message is JSON, with a NUL behind it. */
function createDevtools(child: ChildProcess): Devtools {
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Map<string, Listener>();
  let calls = 0;
  let rest = '';
  const take = (text: string) => {
    const { id, result, error, sessionId, method, params } = JSON.parse(text);
    if (id === undefined) {
      listeners.get(sessionId)?.(method, params);
      return;
    }
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(`${error.message} (${error.code})`));
    waiting.delete(id);
  };
  output.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) take(message);
  });
  const gone = endOf(child);
  // A write to a browser that is gone ends by the exit.
  input.on('error', () => {});
  return {
    gone,
    call<T>(method: string, params = {}, sessionId?: string) {
      const id = ++calls;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      return Promise.race([answer.promise as Promise<T>, gone]);
    },
    listen: (sessionId, listener) => void listeners.set(sessionId, listener),
  };
}

/** Returns a promise that rejects with the end of the process. */
function endOf(child: ChildProcess): Promise<never> {
  const end = Promise.withResolvers<never>();
  child.once('error', end.reject);
  child.once('exit', (code, signal) => end.reject(new Error(`Chromium ended with ${code ?? signal}`)));
  // It may reject while no call waits.
  end.promise.catch(() => {});
  return end.promise;
}
