import { manifestOf } from '../../test/harness/packed-packages.ts';

const { version } = manifestOf('packages/cli');
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Words of a typed line that stand for a value of the user: the id of the campaign, and the address of the repository. */
export type Placeholder = 'CAMPAIGN' | 'ADDRESS';

/** One line at the prompt of a shell. */
export interface Step {
  /** The line as the user types it, with a {@link Placeholder} for a value of the user's own. */
  readonly typed: string;
  /** The secret that the user pastes into the command, which then reads the end of its input (Ctrl-D). */
  readonly pasted?: Secret;
  /** The questions that the command asks at the terminal, each with its answer. */
  readonly answers?: readonly Answer[];
}

export type Secret = 'token' | 'url' | 'password';

/** Part of a question, and the answer that is typed. */
export interface Answer {
  readonly question: string;
  readonly answer: '' | 'campaign' | 'token' | 'url';
}

/** One way of a new user from an empty folder to rows in PostgreSQL. */
export interface Way {
  readonly name: 'npm' | 'deb' | 'compose' | 'config file';
  /** Its heading in the page. */
  readonly heading: string;
  /** The program without which it cannot be played on this machine; absent: it needs none. */
  readonly needs?: string;
  /** True: only root can give a file to another user, as its steps do. */
  readonly needsRoot?: boolean;
  readonly steps: readonly Step[];
  /** The parts that the bench plays in place of the real ones. */
  readonly played: string;
}

const INSTALL: Step = { typed: 'npm install --global @dbsync/cli @dbsync/sink-postgres' };

/** The secrets into files, then the first copy: the same for each way with the command on the machine. */
const FIRST_COPY: readonly Step[] = [
  { typed: 'umask 077' },
  { typed: 'cat > token', pasted: 'token' },
  { typed: 'cat > url', pasted: 'url' },
  { typed: 'dbsync --mode db_init --campaign CAMPAIGN --token-file token --url-file url' },
];

/** The ways that the bench plays. The page and the bench take their commands from here. */
export const WAYS: readonly Way[] = [
  {
    name: 'npm',
    heading: 'By npm',
    steps: [INSTALL, ...FIRST_COPY],
    played:
      "The packages of dbsync come from a registry on the loopback, all others from npm's registry. The prefix and the cache of npm are empty.",
  },
  {
    name: 'deb',
    heading: 'By the package for Debian',
    needs: 'dpkg',
    steps: [
      { typed: 'sha256sum --check --ignore-missing SHA256SUMS' },
      { typed: `apt install ./dbsync_${version}_${architecture}.deb` },
      ...FIRST_COPY,
    ],
    played:
      '`apt install` is played by `dpkg --install` into a root of its own, with the same package: what it depends on, glibc and libstdc++, is not fetched.',
  },
  {
    name: 'compose',
    heading: 'By Docker Compose',
    needsRoot: true,
    steps: [
      { typed: 'git clone ADDRESS dbsync && cd dbsync' },
      { typed: `docker build --tag dbsync:${version} .` },
      { typed: 'cp -r examples/compose dbsync && cd dbsync' },
      { typed: 'cp db-init.env.example .env' },
      { typed: "sed -i 's/^DBSYNC_CAMPAIGN=.*/DBSYNC_CAMPAIGN=CAMPAIGN/' .env" },
      { typed: 'mkdir secrets' },
      { typed: 'install -o 65532 -m 0400 /dev/stdin secrets/token', pasted: 'token' },
      { typed: 'install -m 0444 /dev/stdin secrets/database_password', pasted: 'password' },
      { typed: 'install -o 65532 -m 0400 /dev/stdin secrets/url', pasted: 'url' },
      { typed: 'docker compose run --rm dbsync' },
    ],
    played:
      'No container engine ran, and the clone came from the local disk. `docker build` is played by the instructions of the Dockerfile on folders, its `RUN` among them, with an empty store of packages; `docker compose run` by ' +
      'the entry point of the image in the root that they made, as the user of the image, with `.env`, the variables and the secrets of `compose.yaml`. The service `postgres` is a server that the bench ' +
      'had started. So the times lack the download of the base images (Node.js, distroless, PostgreSQL), the layers, the first start of the database, the networks and volumes, and `read_only`, limits and capabilities were not tried.',
  },
  {
    name: 'config file',
    heading: 'By a configuration file',
    needs: 'script',
    steps: [
      INSTALL,
      {
        typed: 'dbsync init dbsync.yaml',
        answers: [
          { question: 'Mode (', answer: '' },
          { question: 'Campaign id', answer: 'campaign' },
          { question: 'Campaign token', answer: 'token' },
          { question: 'Target, such as', answer: 'url' },
        ],
      },
      { typed: 'dbsync run --config dbsync.yaml --mode db_init' },
    ],
    played:
      'Packages as by npm. The questions of `dbsync init` are answered at a terminal, each the moment it appears; the mode is the usual one, `db_sync`.',
  },
];
