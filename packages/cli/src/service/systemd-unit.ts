/** The file name of the unit of campaigns. systemd makes an instance of it for each campaign. */
export const CAMPAIGN_UNIT = 'dbsync@.service';

/**
 * Returns the template unit that runs one campaign an instance. Its options are those of `/etc/dbsync/CAMPAIGN.env`, its secrets
 * are credentials.
 *
 * @param program the words that start dbsync, an absolute path first
 */
export function campaignUnit(program: readonly string[]): string {
  return `# One instance a campaign: \`systemctl enable --now dbsync@CAMPAIGN\`. docs/running-as-a-service.md walks through it.
#
#   /etc/dbsync/CAMPAIGN.token   the campaign token            (root:root, mode 0600)
#   /etc/dbsync/CAMPAIGN.url     the URL of the target         (root:root, mode 0600)
#   /etc/dbsync/CAMPAIGN.env     optional: DBSYNC_<OPTION>=... (no secrets)

[Unit]
Description=dbsync of campaign %i
${START_RULES}
[Service]
ExecStart=${words(program)} --campaign %i --token-file %d/token --url-file %d/url
Environment=DBSYNC_MODE=db_sync
EnvironmentFile=-/etc/dbsync/%i.env
LoadCredential=token:/etc/dbsync/%i.token
LoadCredential=url:/etc/dbsync/%i.url
RuntimeDirectory=dbsync-%i
${SERVICE_RULES}`;
}

/** The file name of the unit that runs all campaigns of one file. */
export const CONFIG_UNIT = 'dbsync.service';
/** The file of campaigns that packages expect. */
export const USUAL_CONFIG = '/etc/dbsync/dbsync.yaml';

/**
 * Returns the unit that runs all campaigns of a file in one process. Its secrets are the files of `/etc/dbsync/secrets`, as credentials.
 *
 * @param program the words that start dbsync, an absolute path first
 * @param file of campaigns, which every user may read
 */
export function configUnit(program: readonly string[], file: string): string {
  return `# All campaigns of one file: \`systemctl enable --now dbsync\`. docs/running-as-a-service.md walks through it.
#
#   ${file}   the campaigns, without secrets   (root:root, mode 0644)
#   /etc/dbsync/secrets/NAME   a secret, which the file names by \`token-credential: dbsync_NAME\`   (root:root, mode 0600)

[Unit]
Description=dbsync of many campaigns
${START_RULES}
[Service]
ExecStart=${words([...program, 'run', '--config', file])}
ExecReload=/bin/kill -HUP $MAINPID
LoadCredential=dbsync:/etc/dbsync/secrets
RuntimeDirectory=dbsync
${SERVICE_RULES}`;
}

const START_RULES = `Documentation=man:dbsync(1)
Wants=network-online.target
After=network-online.target
# An outage of any length ends: never give up restarting.
StartLimitIntervalSec=0
`;

/** The rules of a service that depend on no campaign. */
const SERVICE_RULES = `
# dbsync reports that it has read its options and works. The watchdog ends a process that completes no cycle and waits for
# neither the API nor the database. systemd-notify sends both reports, and it is a process of its own.
Type=notify
NotifyAccess=all
WatchdogSec=10min
TimeoutStartSec=5min

# 2 is bad input, and 4 a target that wants no more: a restart would not help. 143 is how a stop by SIGTERM ends.
Restart=always
RestartSec=15
RestartPreventExitStatus=2 4
SuccessExitStatus=143
# A stop commits what is in flight, for up to 30 s.
KillMode=mixed
TimeoutStopSec=45

# All instances share one dynamic user, so that they share the log folder.
DynamicUser=yes
User=dbsync
StateDirectory=dbsync
StateDirectoryMode=0750
LogsDirectory=dbsync
LogsDirectoryMode=0750
RuntimeDirectoryMode=0700
WorkingDirectory=%S/dbsync
UMask=0077

# SIGUSR1 opens no debugger, not even in the first moment of a start.
Environment=NODE_OPTIONS=--disable-sigusr1
# A core dump would hold the token and the password. A copy needs about 256 MB and 20 threads; see docs/performance.md.
LimitCORE=0
MemoryMax=1G
MemorySwapMax=0
TasksMax=64

# What it may do: open connections, and write to its own folders.
# MemoryDenyWriteExecute stays off, because V8 compiles at run time. ProcSubset stays \`all\`, because the boot id, by
# which a process that died is told from one that is frozen, is read from /proc/sys.
AmbientCapabilities=
CapabilityBoundingSet=
DevicePolicy=closed
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
`;

/** Writes a command line for a unit, in which quotes, `%` and `$` have a meaning. */
function words(program: readonly string[]): string {
  return program
    .map((word) => word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$'))
    .map((word) => (/[\s"'\\;]/.test(word) ? `"${word}"` : word))
    .join(' ');
}
