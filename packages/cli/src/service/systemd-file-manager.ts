import { join } from 'node:path';
import { refuseHomes, startRemark, stepsHere } from './install-steps.js';
import type { FileStep, ServiceManager } from './service-plan.js';
import { HOMES, OWN_UNITS, offline, packagedUnit, SETTINGS, showUnit, systemctl } from './systemctl.js';
import { CONFIG_UNIT, configUnit, USUAL_CONFIG } from './systemd-unit.js';

const PATH = join(OWN_UNITS, CONFIG_UNIT);

/** Makes `dbsync.service`, which runs all campaigns of a file. @param file its path */
export function systemdFileManager(file: string): ServiceManager {
  const unitOf = (program: readonly string[]): FileStep => ({
    kind: 'file',
    comment: 'hash',
    path: PATH,
    text: configUnit(program, file),
  });
  /** A unit of a package reads the usual file alone. */
  const packaged = (root: string | null) => (file === USUAL_CONFIG ? packagedUnit(CONFIG_UNIT, root) : null);
  return {
    files: ({ program }) => [unitOf(program)],
    install(request) {
      const { program, root } = request;
      const isPackaged = packaged(root) !== null;
      if (!isPackaged) refuseHomes(request, HOMES, [file]);
      return {
        steps: [
          { kind: 'folder', path: SETTINGS, mode: 0o755 },
          { kind: 'folder', path: join(SETTINGS, 'secrets'), mode: 0o700 },
          ...(isPackaged ? [] : [{ kind: 'folder', path: OWN_UNITS, mode: 0o755 } as const, unitOf(program)]),
          ...stepsHere(root, systemctl('daemon-reload')),
          systemctl(...offline(root), 'enable', CONFIG_UNIT),
          ...stepsHere(root, systemctl('restart', CONFIG_UNIT)),
        ],
        remarks: [startRemark(root, 'journalctl -u dbsync -f')],
      };
    },
    uninstall: ({ root }) => ({
      steps: [
        { ...systemctl(...offline(root), 'disable', CONFIG_UNIT), mayFail: true },
        ...stepsHere(root, { ...systemctl('stop', CONFIG_UNIT), mayFail: true }),
        { kind: 'remove', path: PATH, comment: 'hash' },
        ...stepsHere(root, systemctl('daemon-reload')),
      ],
      remarks: [
        `Kept: ${file}, the secrets in ${join(SETTINGS, 'secrets')}, logs in /var/log/dbsync, and the state of webhook mode in /var/lib/dbsync.`,
      ],
    }),
    status: ({ root }) => ({ files: [packaged(root) ?? PATH, file], show: showUnit(CONFIG_UNIT, root) }),
  };
}
