/** deploy/ agrees with itself, with the image and with what Slipway reads and does. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig } from '../../src/http/config.ts';
import { drainMs } from '../../src/http/run-to-end.ts';
import { gracefulMs } from '../../src/http/serve.ts';
import { image, top } from './image.ts';
import { compose, container, kustomization, manifests, pod, unit, ways } from './manifests.ts';

describe('Every way to run Slipway', () => {
  let folder: string;
  let key: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-deploy-'));
    key = join(folder, 'private-key.pem');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.for(ways)('$name gives a configuration that it starts with', ({ name, environment, keyPath }) => {
    expect(environment.PRIVATE_KEY_PATH).toBe(keyPath);
    const config = readConfig({ ...environment, PRIVATE_KEY_PATH: key });
    expect(config.port).toBe(image.port);
    expect(config.host).toBe(name === 'systemd' ? 'localhost' : '0.0.0.0');
  });

  test.for(ways)('$name names no variable that nothing reads', ({ environment }) => {
    const readBySlipway = readFileSync(join(top, 'src/http/config.ts'), 'utf8').match(/\b[A-Z][A-Z_]+\b/g)!;
    const readByNode = ['NODE_COMPILE_CACHE'];
    for (const name of Object.keys(environment)) expect([...readBySlipway, ...readByNode]).toContain(name);
  });

  test.for(ways)('$name waits for the resources in hand when it stops it', ({ graceSeconds }) => {
    expect(graceSeconds).toBeGreaterThanOrEqual(gracefulMs / 1000 + 10);
  });
});

describe('The Compose file', () => {
  const { slipway, postgres } = compose.services;

  test('has a database of the name, user and password that Slipway asks for', () => {
    const { hostname, username, password, pathname } = new URL(ways[0]!.environment.DATABASE_URL!);
    expect(compose.services).toHaveProperty(hostname);
    expect(postgres.environment).toMatchObject({ POSTGRES_USER: username, POSTGRES_DB: pathname.slice(1) });
    const variable = /\$\{POSTGRES_PASSWORD:/;
    for (const at of [slipway.environment.DATABASE_URL, postgres.environment.POSTGRES_PASSWORD])
      expect(at).toMatch(variable);
    expect(password).not.toBe('');
    expect(postgres.healthcheck.test).toContain(`--username=${username}`);
  });

  test('runs this version, on a root that is read-only, reached from this machine alone', () => {
    expect(slipway.image).toBe(`slipway:${manifest.version}`);
    expect(slipway).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
    expect(slipway.volumes).toEqual([`slipway:${image.volume}`]);
    expect(slipway.ports).toEqual([`127.0.0.1:${image.port}:${image.port}`]);
  });
});

describe('The Kubernetes manifests', () => {
  const { spec } = manifests['deployment.yaml'];
  const labels = spec.template.metadata.labels;

  test('are all applied but the Secret, which holds no values', () => {
    const secret = 'secret.example.yaml';
    expect(Object.keys(manifests).sort()).toEqual([...kustomization.resources, secret].sort());
    const { stringData, metadata } = manifests[secret];
    for (const value of Object.values(stringData)) expect(value).toBe('');
    const named = JSON.stringify(pod).match(/(?<="key":")[^"]+/g)!;
    expect(Object.keys(stringData).sort()).toEqual([...named].sort());
    expect(metadata.namespace).toBe(kustomization.namespace);
  });

  test('mean the same pods', () => {
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(manifests['service.yaml'].spec.selector).toEqual(labels);
    expect(manifests['disruption-budget.yaml'].spec.selector.matchLabels).toEqual(labels);
    expect(manifests['network-policy.yaml'].spec.podSelector.matchLabels).toEqual(labels);
    expect(pod.serviceAccountName).toBe(manifests['service-account.yaml'].metadata.name);
    for (const { metadata } of Object.values(manifests)) expect(metadata.name).toBe('slipway');
  });

  test('leave nodes free to be emptied', () => {
    expect(manifests['disruption-budget.yaml'].spec.minAvailable).toBeLessThan(spec.replicas);
  });

  test('are replaced one by one while others take webhooks, and one that is overtaken is told apart in time', () => {
    expect(spec.replicas).toBeGreaterThan(1);
    const rolling = { maxSurge: 1, maxUnavailable: 0 };
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: rolling });
    const { periodSeconds, failureThreshold, httpGet } = container.readinessProbe;
    expect(httpGet.path).toBe('/readyz');
    expect(periodSeconds * failureThreshold * 1000).toBeLessThan(drainMs);
    // Who is not told to restart one that has ended leaves it to supervisors that start whatever ends.
    expect([pod.restartPolicy ?? 'Always', unit.Restart, compose.services.slipway.restart]).toEqual([
      'Always',
      'on-failure',
      'unless-stopped',
    ]);
  });

  test('reach one port, and from outside one path of it', () => {
    const port = { name: 'http', containerPort: image.port };
    expect(container.ports).toEqual([port]);
    expect(manifests['service.yaml'].spec.ports[0].targetPort).toBe(port.name);
    const [{ ports, from }] = manifests['network-policy.yaml'].spec.ingress;
    expect(ports).toEqual([{ protocol: 'TCP', port: port.name }]);
    expect(from).not.toContainEqual({});
    const paths = manifests['ingress.yaml'].spec.rules.flatMap((rule: typeof spec) => rule.http.paths);
    expect(paths).toMatchObject([{ path: '/api/github/webhooks', pathType: 'Exact' }]);
  });

  test('run this version as the user of the image, and write where it may', () => {
    const { runAsUser, runAsGroup, fsGroup } = pod.securityContext;
    expect(container.image).toBe(`slipway:${manifest.version}`);
    expect(`${runAsUser}:${runAsGroup}`).toBe(image.user);
    // The key is the group's to read.
    expect(fsGroup).toBe(runAsGroup);
    expect(pod.volumes.find((v: typeof pod) => v.secret).secret.defaultMode).toBe(0o440);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    const written = container.volumeMounts.filter((m: typeof pod) => !m.readOnly);
    expect(written.map((m: typeof pod) => m.mountPath).sort()).toEqual(['/tmp', image.volume]);
  });
});

test('The systemd unit works in the folder that it keeps, and caches in the other', () => {
  expect(unit.WorkingDirectory).toBe(`%S/${unit.StateDirectory}`);
  expect(ways[2]!.environment.NODE_COMPILE_CACHE).toBe(`%C/${unit.CacheDirectory}/compiled`);
});

test("The README's commands and links name files that are there, and this version", () => {
  const readme = readFileSync(join(top, 'README.md'), 'utf8');
  const section = /### Where it runs\n([\s\S]*?)\n### /.exec(readme)![1]!;
  const paths = new Set(section.match(/\bdeploy(\/[\w.-]+)*/g));
  expect(paths.size).toBeGreaterThan(4);
  for (const path of paths) expect(existsSync(join(top, path)), path).toBe(true);
  expect(section).toContain(`--tag slipway:${manifest.version} .`);
});
