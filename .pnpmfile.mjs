// The packages that carry a Node binary name their os and cpu as strings; pnpm only heeds arrays,
// and would otherwise install the Windows build everywhere.
const osOf = { linux: 'linux', win: 'win32', darwin: 'darwin' };

export const hooks = {
  readPackage(manifest) {
    const build = /^node-(linux|win|darwin)-(x64|arm64)$/.exec(manifest.name ?? '');
    if (build) {
      manifest.os = [osOf[build[1]]];
      manifest.cpu = [build[2]];
    }
    return manifest;
  },
};
