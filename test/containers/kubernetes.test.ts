import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'examples/kubernetes');
const MODELS = { Deployment, Job, PodDisruptionBudget, Service, StatefulSet };
/** The modules of the interfaces of these kinds. */
const MODULES = {
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'v1',
  StatefulSet: 'apps/v1',
};
type Kind = keyof typeof MODELS;

interface Manifest {
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

interface PodSpec {
  readonly securityContext: object;
  readonly volumes: readonly { readonly name: string }[];
  readonly containers: readonly Container[];
  readonly [key: string]: unknown;
}

interface Container {
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly [key: string]: unknown;
}

const paths = globSync('*/*.yaml', { cwd: folder }).filter((path) => basename(path) !== 'kustomization.yaml');
const manifests = paths.map((path) => [path, parse(readFileSync(join(folder, path), 'utf8')) as Manifest] as const);
const workloads = manifests.flatMap(([path, { spec }]) => (spec.template ? [[path, spec.template.spec] as const] : []));
const manifestOf = (path: string) => manifests.find(([known]) => known === path)?.[1];

describe('the schema of Kubernetes', () => {
  const drafts = mkdtempSync(join(tmpdir(), 'dbsync-kubernetes-'));
  afterAll(() => rmSync(drafts, { recursive: true, force: true }));
  mkdirSync(join(drafts, 'node_modules'));
  symlinkSync(join(root, 'node_modules/kubernetes-models'), join(drafts, 'node_modules/kubernetes-models'));

  /** Returns what is wrong with the values of a manifest; the schema lets unknown fields pass. */
  function wrongValues(manifest: Manifest): string {
    try {
      new MODELS[manifest.kind](manifest as never).validate();
      return '';
    } catch (error) {
      return String(error);
    }
  }

  /** Returns what is wrong with the names of the fields of manifests: the compiler refuses those that an interface lacks. */
  function wrongNames(checked: readonly Manifest[]): string {
    const lines = checked.map((manifest, index) => {
      const type = `import('kubernetes-models/${MODULES[manifest.kind]}').I${manifest.kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
    });
    writeFileSync(join(drafts, 'manifests.ts'), lines.join('\n'));
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--target',
      'es2024',
    ];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    try {
      execFileSync(process.execPath, [tsc, ...options, '--types', '', join(drafts, 'manifests.ts')], {
        encoding: 'utf8',
      });
      return '';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }

  it('finds nothing wrong with the examples', () => {
    expect(manifests.map(([, { kind }]) => kind).sort()).toEqual(Object.keys(MODELS));
    for (const [path, manifest] of manifests) expect(wrongValues(manifest), path).toBe('');
    expect(wrongNames(manifests.map(([, manifest]) => manifest))).toBe('');
  });

  it('finds a wrong value and a misspelt field', () => {
    const text = readFileSync(join(folder, 'database/deployment.yaml'), 'utf8');
    expect(wrongValues(parse(text.replace('replicas: 2', 'replicas: two')))).toContain('replicas');
    expect(wrongNames([parse(text.replace('readOnlyRootFilesystem', 'readOnlyRootFileSystem'))])).toContain(
      'readOnlyRootFileSystem',
    );
  });
});

describe('each pod of the examples', () => {
  it.each(workloads)('%s: runs without rights, and writes to its volumes alone', (_, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    for (const container of pod.containers) {
      expect(container).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: { memory: '1Gi' } },
      });
    }
  });

  it.each(workloads)('%s: has time for a stop, and its secrets in files of their own', (_, pod) => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(30);
    for (const { env, volumeMounts } of pod.containers) {
      const values = Object.fromEntries(env.map(({ name, value }) => [name, value]));
      expect(values).toMatchObject({
        DBSYNC_TOKEN_FILE: '/run/secrets/dbsync/token',
        DBSYNC_URL_FILE: '/run/secrets/dbsync/url',
      });
      expect(volumeMounts).toContainEqual({ name: 'secrets', mountPath: '/run/secrets/dbsync', readOnly: true });
    }
    expect(pod.volumes).toContainEqual({ name: 'secrets', secret: { secretName: 'dbsync', defaultMode: 0o440 } });
  });

  it.each(workloads.filter(([path]) => !path.startsWith('first-copy')))(
    '%s: is asked whether it lives and is ready',
    (_, pod) => {
      for (const container of pod.containers)
        expect(container).toMatchObject({
          ports: [{ name: 'metrics', containerPort: 9464 }],
          livenessProbe: { httpGet: { path: '/livez', port: 'metrics' } },
          readinessProbe: { httpGet: { path: '/readyz', port: 'metrics' } },
        });
    },
  );
});

describe('the examples of Kubernetes', () => {
  it('have a standby for a database, and one process with its volume for a web service', () => {
    expect(manifestOf('database/deployment.yaml')?.spec.replicas).toBe(2);
    const webhook = manifestOf('webhook/stateful-set.yaml')?.spec;
    expect(webhook?.replicas).toBe(1);
    expect(webhook?.volumeClaimTemplates?.map(({ metadata }) => metadata.name)).toEqual(['state']);
  });

  it('name each file in the kustomization of its folder, and one image for all', () => {
    const folders = [...new Set(paths.map((path) => dirname(path)))];
    const images = folders.map((name) => {
      const { resources, images } = parse(readFileSync(join(folder, name, 'kustomization.yaml'), 'utf8'));
      const own = paths.filter((path) => dirname(path) === name).map((path) => basename(path));
      expect(resources.toSorted(), name).toEqual(own.toSorted());
      return images;
    });
    expect(new Set(images.map((image) => JSON.stringify(image))).size).toBe(1);
    expect(images[0]).toMatchObject([{ name: 'dbsync' }]);
  });
});
