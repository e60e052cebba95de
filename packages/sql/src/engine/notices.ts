import type { SinkNotice } from '@dbsync/core/contract';

/** The number of notices that are remembered. */
const MAX_REMEMBERED = 1000;

/** Passes each notice on once. */
export function onceEach(notify: (notice: SinkNotice) => void): (notice: SinkNotice) => void {
  const said = new Set<string>();
  return (notice) => {
    if (said.has(notice.message)) return;
    if (said.size === MAX_REMEMBERED) said.clear();
    said.add(notice.message);
    notify(notice);
  };
}
