/** True where systemd runs and the package is for this machine, and not for a folder that becomes another one. */
const HAS_SYSTEMD = '[ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]';

/** The scripts that dpkg runs. They take the folder of another machine in `DPKG_ROOT`. */
export const MAINTAINER_SCRIPTS: Readonly<Record<string, string>> = {
  postinst: `#!/bin/sh
set -e
mkdir -p -m 0700 "$DPKG_ROOT/etc/dbsync/secrets"
if [ "$1" = configure ] && ${HAS_SYSTEMD}; then
  systemctl daemon-reload
  # An upgrade: the services that run go on with the new program.
  if [ -n "$2" ]; then systemctl try-restart dbsync.service 'dbsync@*.service'; fi
fi
`,
  prerm: `#!/bin/sh
set -e
if [ "$1" = remove ] && ${HAS_SYSTEMD}; then
  systemctl stop dbsync.service 'dbsync@*.service'
fi
`,
  postrm: `#!/bin/sh
set -e
if [ "$1" = purge ]; then
  root=$DPKG_ROOT
  rm -rf "$root/etc/dbsync"
  rm -f "$root"/etc/systemd/system/multi-user.target.wants/dbsync@*.service
  rm -f "$root/etc/systemd/system/multi-user.target.wants/dbsync.service"
  for kind in lib log; do
    rm -rf "$root/var/$kind/dbsync" "$root/var/$kind/private/dbsync"
  done
fi
if ${HAS_SYSTEMD}; then
  systemctl daemon-reload
fi
`,
};
