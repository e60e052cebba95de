import { createHash } from 'node:crypto';
import { PAGE_STYLE } from '../page/page-style.js';

/** The style of the status page. The mark of a state has a shape of its own too: colours alone tell nothing. */
export const STATUS_STYLE = `${PAGE_STYLE}
:root { --good: #1a7f37; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff8a80; } }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; }
a { color: var(--part); }
.state { font-size: 1.25em; font-weight: 600; }
.state svg { margin-right: 8px; }
.good { fill: var(--good); }
.bad { fill: var(--bad); }
.calm { fill: var(--soft); }
.trouble { border-left: 4px solid var(--bad); padding-left: 8px; }
.facts th { width: 30%; color: var(--soft); }
.facts td { overflow-wrap: anywhere; }
.errors dt { font-size: 1em; color: var(--text); margin-top: 12px; }
.code { font-family: ui-monospace, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
`;

/** The policy of the page: no script, no request, no frame, no form, and no style but its own. */
export const STATUS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STATUS_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
