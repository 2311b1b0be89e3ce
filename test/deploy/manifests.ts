/** The files of deploy/ as data, and what each way of running Slipway gives it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { image, top } from './image.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is read here is held against schemas in tools.test.ts
type Data = any;

const deploy = join(top, 'deploy');
const kubernetes = join(deploy, 'kubernetes');

export const compose: Data = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'));
export const kustomization: Data = parse(readFileSync(join(kubernetes, 'kustomization.yaml'), 'utf8'));

/** Kubernetes' manifests by their files' names, without the kustomization, which is no resource. */
export const manifests: Readonly<Record<string, Data>> = Object.fromEntries(
  readdirSync(kubernetes)
    .filter((name) => name !== 'kustomization.yaml')
    .map((name) => {
      const documents = parseAllDocuments(readFileSync(join(kubernetes, name), 'utf8'));
      if (documents.length !== 1) throw new Error(`${name} is to hold one manifest`);
      return [name, documents[0]!.toJS()];
    }),
);
export const pod: Data = manifests['deployment.yaml'].spec.template.spec;
export const container: Data = pod.containers[0];

export const unitFile = join(deploy, 'systemd/slipway.service');
const unitText = readFileSync(unitFile, 'utf8');
/** The settings of the unit; of one that is there several times, the last. */
export const unit: Readonly<Record<string, string>> = Object.fromEntries(
  unitText
    .split('\n')
    .flatMap((line) => (/^[A-Z]\w*=/.test(line) ? [line] : []))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

export interface Way {
  readonly name: string;
  /** What Slipway finds in its environment. Where a person has to give a value, one that will do. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the private key is for it. */
  readonly keyPath: string;
  /** How long it has from SIGTERM to its end. */
  readonly graceSeconds: number;
}

/** What people fill in. */
const given: Readonly<Record<string, string>> = {
  APP_ID: '7',
  AWS_REGION: 'eu-west-1',
  WEBHOOK_SECRET: 'hush',
  POSTGRES_PASSWORD: '0123abcd',
  SLIPWAY_ENCRYPTION_KEY: 'c2xpcHdheS1zbGlwd2F5LXNsaXB3YXktc2xpcHdheSE=',
  DATABASE_URL: 'postgres://user:password@host:5432/slipway',
};

export const ways: readonly Way[] = [composeWay(), kubernetesWay(), systemdWay()];

function composeWay(): Way {
  const { slipway } = compose.services;
  const environment = Object.fromEntries(
    Object.entries(slipway.environment as Record<string, string>).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):\?[^}]+\}/g, (_, variable: string) => given[variable] ?? ''),
    ]),
  );
  return {
    name: 'Compose',
    environment: { ...image.environment, ...environment },
    keyPath: `/run/secrets/${slipway.secrets[0]}`,
    graceSeconds: Number.parseInt(slipway.stop_grace_period, 10),
  };
}

function kubernetesWay(): Way {
  const entries = (container.env as Data[]).map(({ name, value, valueFrom }) => [
    name,
    value ?? (valueFrom.secretKeyRef.key in manifests['secret.example.yaml'].stringData ? given[name] : ''),
  ]);
  const volume = pod.volumes.find((v: Data) => v.secret);
  const mount = container.volumeMounts.find((m: Data) => m.name === volume.name);
  return {
    name: 'Kubernetes',
    environment: {
      ...image.environment,
      ...manifests['config-map.yaml'].data,
      ...Object.fromEntries(entries),
    },
    keyPath: `${mount.mountPath}/${volume.secret.items[0].path}`,
    graceSeconds: pod.terminationGracePeriodSeconds - container.lifecycle.preStop.sleep.seconds,
  };
}

function systemdWay(): Way {
  const set = [...unitText.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]);
  // What its comment says has to be in the file that it reads.
  const asked = /slipway\.env {2,}([A-Z_, ]+)/.exec(unitText)![1]!.split(/,\s*/).filter(Boolean);
  return {
    name: 'systemd',
    environment: {
      ...Object.fromEntries(asked.map((name) => [name, given[name] ?? ''])),
      ...Object.fromEntries(set),
    },
    keyPath: `%d/${unit.LoadCredential!.split(':')[0]}`,
    graceSeconds: Number(unit.TimeoutStopSec),
  };
}
