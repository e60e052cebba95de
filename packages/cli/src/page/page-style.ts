/**
 * The style of the page. One hue shows magnitudes: dark for the part, light for the whole. Texts have a contrast of at least
 * 4.5 to 1 on the ground, bars of at least 3 to 1, in both schemes.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --text: #1b2430; --soft: #55606d; --line: #d8dde3; --part: #17457d; --whole: #5f92cc; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14181d; --text: #e7ebf0; --soft: #a8b3bf; --line: #343c46; --part: #9ccaff; --whole: #4a7db3; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, footer { max-width: 960px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.5em; line-height: 1.2; margin: 8px 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; margin: 32px 0 8px; }
p { margin: 4px 0; overflow-wrap: anywhere; }
.soft, footer, caption { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 8px; margin: 16px 0; }
.tiles div { border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; }
dt { color: var(--soft); font-size: 0.87em; }
dd { margin: 0; }
dd.figure { font-size: 1.25em; font-weight: 600; }
dd.note { color: var(--soft); font-size: 0.87em; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 4px 0 8px; list-style: none; font-size: 0.87em; }
.legend svg { margin-right: 6px; }
.plot { display: flex; }
.plot .bars { flex: 1 1 0; min-width: 0; }
.axis text { text-anchor: end; }
.axis text, .labels text { font-size: 12px; fill: var(--soft); }
.grid line { stroke: var(--line); stroke-width: 1; }
.part { fill: var(--part); }
.whole { fill: var(--whole); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: 0.87em; padding: 2px 0 6px; }
th, td { padding: 4px 6px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { font-size: 0.87em; color: var(--soft); }
tbody th { overflow-wrap: anywhere; min-width: 5.5em; }
th.number, td.number { text-align: right; }
td.bar { width: 30%; vertical-align: middle; }
td.bar svg { display: block; }
details { margin: 8px 0; }
summary { cursor: pointer; color: var(--soft); font-size: 0.87em; }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--part); }
@media (max-width: 560px) { td.bar { display: none; } th, td { padding: 4px; } }
@media print {
  :root { color-scheme: light; --ground: #ffffff; --text: black; --soft: #3c444d; --line: #c8ced4; --part: #17457d; --whole: #5f92cc; }
  main, footer { max-width: none; padding: 0; }
  section { break-inside: avoid; }
  rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details { display: none; }
}
`;
