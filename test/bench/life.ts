import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FaultProxy } from '../../src/sandbox/fault-proxy/index.ts';

/** The steps of a stack's life, in order. */
export const lifeSteps = ['plan', 'apply', 'plan again', 'destroy'] as const;
export type Step = (typeof lifeSteps)[number];

/** What one step took. */
export interface Took {
  readonly ms: number;
  /** Processor time of Slipway, or of Terraform with its providers. */
  readonly cpuMs: number;
  /** By API action, as the cloud saw them: those that it throttled too. */
  readonly calls: Readonly<Record<string, number>>;
}

export interface Life {
  readonly steps: Readonly<Partial<Record<Step, Took>>>;
  readonly peakMb?: number;
}

export type ChildMessage =
  | { readonly step: Step; readonly ms: number; readonly cpuMs: number }
  | { readonly peakMb: number };

/**
 * A stack's life under Slipway, in a process as `bin/slipway` starts it.
 *
 * @param calls what the cloud has seen since it was last asked
 */
export async function slipwayLife(
  template: string,
  steps: readonly Step[],
  environment: Readonly<Record<string, string>>,
  calls: () => Took['calls'],
): Promise<Life> {
  const took: Partial<Record<Step, Took>> = {};
  let peakMb = 0;
  const child = fork(fileURLToPath(new URL('life-child.ts', import.meta.url)), [template, ...steps], {
    execArgv: await nodeFlags(),
    env: { ...process.env, ...environment },
  });
  child.on('message', (message: ChildMessage) => {
    if ('peakMb' in message) peakMb = message.peakMb;
    else took[message.step] = { ms: message.ms, cpuMs: message.cpuMs, calls: calls() };
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('the bench child failed');
  return { steps: took, peakMb };
}

/** Those with which `bin/slipway` starts Node. */
async function nodeFlags(): Promise<string[]> {
  const launcher = await readFile(new URL('../../bin/slipway', import.meta.url), 'utf8');
  return launcher.match(/(?<= )--[\w-]+(=\S+)?(?= )/g) ?? [];
}

/** Asks a proxy for what it has seen since it was last asked. Its rules stay. */
export function callsSeenBy(proxy: FaultProxy): () => Took['calls'] {
  let seen = 0;
  return () => {
    const fresh = proxy.calls.slice(seen);
    seen = proxy.calls.length;
    return countByName(fresh.map((call) => call.action));
  };
}

export function countByName(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(counts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** All steps of a life as if they were one. */
export function addUp({ steps }: Life): Took {
  const all = lifeSteps.flatMap((step) => steps[step] ?? []);
  const names = all.flatMap(({ calls }) =>
    Object.entries(calls).flatMap(([name, n]) => Array<string>(n).fill(name)),
  );
  return {
    ms: all.reduce((sum, { ms }) => sum + ms, 0),
    cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    calls: countByName(names),
  };
}
