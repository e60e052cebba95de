import type { ErrorCode } from '@dbsync/core/contract';

/** The error codes of the port for metrics and the status page. */
export const metricsErrorCodes = {
  CLI_METRICS_PORT: {
    what: 'The address of --metrics-port and --metrics-host cannot be used, mostly because another process listens there.',
    normal: null,
    remedy: 'Give each process on the machine a port of its own, or leave --metrics-port out.',
    exit: 3,
  },
  CLI_METRICS_EXPOSED: {
    what: 'Other machines can reach the address of --metrics-host, and there is no password: dbsync serves its metrics there, as earlier versions did, and does not show the status page.',
    normal: 'In a network that only your monitoring can reach.',
    remedy:
      'Give --metrics-password-file, which metrics and the status page then ask for. For metrics without a password, and without this warning, leave --metrics-host out and let a proxy on this machine pass /metrics on.',
    exit: null,
  },
} as const satisfies Record<string, ErrorCode>;
