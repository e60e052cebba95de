/** Calls `reload` for each SIGHUP, one call after the other, until it is disposed of. Windows has no such signal. */
export function listenForReload(reload: () => Promise<void>): Disposable {
  if (process.platform === 'win32') return { [Symbol.dispose]: () => {} };
  let reloading = Promise.resolve();
  const onHangUp = () => {
    reloading = reloading.then(reload);
  };
  process.on('SIGHUP', onHangUp);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', onHangUp) };
}
