import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { startService } from '../../src/sandbox/services/index.ts';
import {
  addUp,
  callsSeenBy,
  type Life,
  lifeSteps,
  type Step,
  slipwayLife,
  type Took,
  total,
} from './life.ts';
import { type Figure, middle, type Scenario } from './scenario.ts';

/** With the first, which finds nothing compiled. */
const runs = 4;

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
    const cache = await mkdtemp(join(tmpdir(), 'slipway-compiled-'));
    try {
      const environment = { ...moto.environment, ...postgres.environment, AWS_ENDPOINT_URL: proxy.url };
      const calls = callsSeenBy(proxy);
      const template = fileURLToPath(new URL('vpc.yaml', import.meta.url));
      const lives: Life[] = [];
      for (let run = 0; run < runs; run++) {
        const life = await slipwayLife(
          template,
          lifeSteps,
          { ...environment, NODE_COMPILE_CACHE: cache },
          calls,
        );
        say(`Slipway: ${describe(life)}, ${life.peakMb?.toFixed(0)} MB`);
        lives.push(life);
      }
      const peer = await terraformLife(environment, calls, say);
      if (peer) say(`Terraform: ${describe(peer)}`);
      return figuresOf(lives, peer);
    } finally {
      await rm(cache, { recursive: true, force: true });
      await proxy.stop();
      await moto.stop();
      await postgres.stop();
    }
  },
};

/** The first start compiles for those after it; the middle one of them is shown. */
function figuresOf([first, ...others]: readonly Life[], peer: Life | undefined): Figure[] {
  const own = middle(others, (life) => addUp(life).ms);
  const peakMb = middle(others, (life) => life.peakMb!).peakMb!;
  const what = 'whole life of a 26-resource VPC';
  const figures: Figure[] = lifeSteps.map((step) => ({
    what: `${step}, 26-resource VPC`,
    value: own.steps[step]!.ms,
    unit: 'ms',
  }));
  const { cpuMs, ms, calls } = addUp(own);
  figures.push(
    { what: `${what}, processor`, value: cpuMs, unit: 'ms' },
    { what: `${what}, peak memory`, value: peakMb, unit: 'MB', budget: { most: 200 } },
    { what: `${what}, peak memory of the first start`, value: first!.peakMb!, unit: 'MB' },
    { what, value: total(calls), unit: 'calls', of: calls },
  );
  if (!peer) return figures;
  const theirs = addUp(peer);
  return [
    ...figures,
    { what: `${what}, faster than Terraform`, value: theirs.ms / ms, unit: 'times', budget: { least: 20 } },
    { what: `${what}, less processor than Terraform`, value: theirs.cpuMs / cpuMs, unit: 'times' },
    {
      what: `${what}, calls of Terraform's`,
      value: total(calls) / total(theirs.calls),
      unit: 'times',
      budget: { most: 0.5 },
    },
    { what: `${what}, Terraform`, value: total(theirs.calls), unit: 'calls', of: theirs.calls },
  ];
}

async function terraformLife(
  environment: Readonly<Record<string, string>>,
  calls: () => Took['calls'],
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
    // The shell's `times` tells what its children used, the provider among them.
    const terraform = async (...args: string[]) => {
      const script = 'terraform "$@" && times';
      const { stdout } = await promisify(execFile)('sh', ['-c', script, 'sh', ...args], {
        cwd: directory,
        env,
      });
      return processorMs(stdout);
    };
    await terraform('init', '-input=false');
    calls();
    const commands: Readonly<Record<Step, readonly string[]>> = {
      plan: ['plan', '-input=false', '-out=first'],
      apply: ['apply', '-input=false', 'first'],
      'plan again': ['plan', '-input=false', '-detailed-exitcode'],
      destroy: ['destroy', '-auto-approve', '-input=false'],
    };
    const took: Partial<Record<Step, Took>> = {};
    for (const step of lifeSteps) {
      const began = performance.now();
      const cpuMs = await terraform(...commands[step]);
      took[step] = { ms: performance.now() - began, cpuMs, calls: calls() };
    }
    return { steps: took };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** From the last line of `times`, `0m1.5s 0m0.3s`: user and system time of the children. */
function processorMs(output: string): number {
  const last = output.trimEnd().split('\n').at(-1)!;
  const parts = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  );
}

function describe({ steps }: Life): string {
  return lifeSteps
    .map((step) => `${step} ${(steps[step]!.ms / 1000).toFixed(1)} s with ${total(steps[step]!.calls)} calls`)
    .join(', ');
}
