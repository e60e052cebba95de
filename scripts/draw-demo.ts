// `node scripts/draw-demo.ts` runs the demo, keeps the beginning of what it prints in docs/demo.txt, and draws it as docs/demo.svg.
// `--redraw` draws docs/demo.txt again. `npm test` compares the picture with the text, and the text with the demo.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const TEXT = join(root, 'docs', 'demo.txt');
const PICTURE = join(root, 'docs', 'demo.svg');

/** The width of a line of the picture. */
const COLUMNS = 96;
const CYCLES = 4;

/** Takes the lines of a run that the picture shows: the end of the first copy, some cycles, and the tables. */
export function excerptOf(printed: string): string {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  const from = (start: string) => lines.findIndex((line) => line.startsWith(start));
  const [init, sync, tables] = [from('1. '), from('2. '), from('3. ')];
  const ended = from('db_init ended');
  const progress = lines.slice(init, ended).filter((line) => /^\d+ %, /.test(line));
  const ofTables = lines.slice(tables + 2);
  const excerpt = [
    '$ npm run demo',
    '',
    lines[init],
    '',
    progress[Math.floor(progress.length / 2)],
    progress.at(-1),
    ...lines.slice(ended, lines.indexOf('', ended)),
    '',
    lines[sync],
    '',
    ...lines
      .slice(sync + 1, tables)
      .filter((line) => line !== '')
      .slice(-CYCLES),
    '',
    lines[tables],
    '',
    ...ofTables.slice(0, ofTables.indexOf('')),
  ];
  return `${excerpt.join('\n')}\n`;
}

const [CELL, LINE, MARGIN, BAR] = [8.4, 20, 20, 34];

/** Draws the text as a terminal. The same text gives the same picture. */
export function svgOf(text: string): string {
  const lines = text.trimEnd().split('\n');
  const width = Math.round(COLUMNS * CELL + 2 * MARGIN);
  const height = lines.length * LINE + BAR + MARGIN;
  const drawn = lines.map((line, at) => {
    const y = BAR + MARGIN + at * LINE - 4;
    return line === '' ? '' : `    <text x="${MARGIN}" y="${y}"${colourOf(line)}>${escaped(line)}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>A run of the demo in a terminal</title>
  <rect width="${width}" height="${height}" rx="8" fill="#1d232a"/>
  <g fill="#5b6672"><circle cx="20" cy="18" r="6"/><circle cx="40" cy="18" r="6"/><circle cx="60" cy="18" r="6"/></g>
  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#d5dce4" xml:space="preserve">
${drawn.join('')}  </g>
</svg>
`;
}

/** The command and the headings stand out. */
function colourOf(line: string): string {
  if (line.startsWith('$ ')) return ' fill="#8fd18a"';
  return /^\d\. /.test(line) ? ' fill="#7fb7f0"' : '';
}

function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function runDemo(): string {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts', 'demo.ts')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`The demo ended with exit code ${status}.`);
  return stdout;
}

if (import.meta.main) {
  if (!process.argv.includes('--redraw')) writeFileSync(TEXT, excerptOf(runDemo()));
  writeFileSync(PICTURE, svgOf(readFileSync(TEXT, 'utf8')));
  console.log(`Wrote ${PICTURE}.`);
}
