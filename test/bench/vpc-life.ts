import { execFile, fork } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { startService } from '../../src/sandbox/services/index.ts';
import type { Figure, Scenario } from './scenario.ts';

/** The steps of a stack's life, in order. */
const steps = ['plan', 'apply', 'plan again', 'destroy'] as const;
type Step = (typeof steps)[number];

interface Life {
  readonly ms: Readonly<Record<Step, number>>;
  readonly calls: Readonly<Record<Step, number>>;
  readonly peakMb?: number;
}

/**
 * A VPC of 26 resources with a managed NAT is planned, applied, planned again and destroyed, by Slipway and by
 * Terraform, against one emulator. Terraform needs `terraform` on the path and its AWS provider in a filesystem
 * mirror that SLIPWAY_TERRAFORM_MIRROR names; without them there is no peer, and the reason is told.
 */
export const vpcLife: Scenario = {
  name: 'vpc',
  async run(say) {
    const moto = await startService('moto', { onProgress: say });
    const postgres = await startService('postgres', { onProgress: say });
    const proxy = await startFaultProxy({ target: moto.url });
    try {
      const environment = { ...moto.environment, ...postgres.environment, AWS_ENDPOINT_URL: proxy.url };
      const count = () => {
        const calls = proxy.count();
        proxy.reset();
        return calls;
      };
      const own = await slipwayLife(environment, count);
      say(`Slipway: ${describe(own)}, ${own.peakMb?.toFixed(0)} MB`);
      const peer = await terraformLife(environment, count, say);
      if (peer) say(`Terraform: ${describe(peer)}`);
      return figuresOf(own, peer);
    } finally {
      await proxy.stop();
      await moto.stop();
      await postgres.stop();
    }
  },
};

function figuresOf(own: Life, peer: Life | undefined): Figure[] {
  const total = (of: Readonly<Record<Step, number>>) => steps.reduce((sum, step) => sum + of[step], 0);
  const figures: Figure[] = steps.flatMap((step) => [
    { what: `${step}, 26-resource VPC`, value: own.ms[step], unit: 'ms' },
    { what: `${step}, 26-resource VPC`, value: own.calls[step], unit: 'calls' },
  ]);
  figures.push({
    what: 'peak memory, 26-resource VPC',
    value: own.peakMb ?? 0,
    unit: 'MB',
    budget: { most: 200 },
  });
  if (peer) {
    figures.push(
      {
        what: 'whole life, faster than Terraform',
        value: total(peer.ms) / total(own.ms),
        unit: 'times',
        budget: { least: 20 },
      },
      {
        what: "whole life, calls of Terraform's",
        value: total(own.calls) / total(peer.calls),
        unit: 'times',
        budget: { most: 0.5 },
      },
    );
  }
  return figures;
}

async function slipwayLife(
  environment: Readonly<Record<string, string>>,
  count: () => number,
): Promise<Life> {
  const ms: Partial<Record<Step, number>> = {};
  const calls: Partial<Record<Step, number>> = {};
  let peakMb = 0;
  const child = fork(fileURLToPath(new URL('vpc-child.ts', import.meta.url)), {
    // As `npm start` runs it: a smaller nursery costs a little time and saves tens of megabytes.
    execArgv: ['--max-semi-space-size=8'],
    env: { ...process.env, ...environment },
  });
  child.on('message', (message: { name: Step | 'peak memory'; ms?: number; mb?: number }) => {
    if (message.name === 'peak memory') peakMb = message.mb!;
    else {
      ms[message.name] = message.ms!;
      calls[message.name] = count();
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('the bench child failed');
  return { ms: ms as Life['ms'], calls: calls as Life['calls'], peakMb };
}

async function terraformLife(
  environment: Readonly<Record<string, string>>,
  count: () => number,
  say: (text: string) => void,
): Promise<Life | undefined> {
  const mirror = process.env.SLIPWAY_TERRAFORM_MIRROR;
  if (!mirror) {
    say('no peer: SLIPWAY_TERRAFORM_MIRROR does not name a mirror of the AWS provider');
    return undefined;
  }
  const directory = await mkdtemp(join(tmpdir(), 'slipway-terraform-'));
  try {
    await copyFile(new URL('vpc.tf', import.meta.url), join(directory, 'main.tf'));
    const config = join(directory, 'terraform.rc');
    await writeFile(config, `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}\n`);
    const env = {
      ...process.env,
      ...environment,
      TF_CLI_CONFIG_FILE: config,
      TF_VAR_endpoint: environment.AWS_ENDPOINT_URL,
      CHECKPOINT_DISABLE: '1',
    };
    const terraform = (...args: string[]) => promisify(execFile)('terraform', args, { cwd: directory, env });
    await terraform('init', '-input=false');
    count();
    const commands: Readonly<Record<Step, readonly string[]>> = {
      plan: ['plan', '-input=false', '-out=first'],
      apply: ['apply', '-input=false', 'first'],
      'plan again': ['plan', '-input=false', '-detailed-exitcode'],
      destroy: ['destroy', '-auto-approve', '-input=false'],
    };
    const ms: Partial<Record<Step, number>> = {};
    const calls: Partial<Record<Step, number>> = {};
    for (const step of steps) {
      const began = performance.now();
      await terraform(...commands[step]);
      ms[step] = performance.now() - began;
      calls[step] = count();
    }
    return { ms: ms as Life['ms'], calls: calls as Life['calls'] };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describe({ ms, calls }: Life): string {
  return steps
    .map((step) => `${step} ${(ms[step] / 1000).toFixed(1)} s with ${calls[step]} calls`)
    .join(', ');
}
