/** The thread in which one evaluation of a bundle happens. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { Evaluated, Evaluation } from './rego-bundle.ts';

/** 512 MB, in pages of 64 KB. */
const mostMemory = 8_192;

const { wasm, data, entrypoint, input } = workerData as Evaluation;
parentPort?.postMessage(await evaluated());

async function evaluated(): Promise<Evaluated> {
  try {
    const policy = await loadPolicy(new Uint8Array(wasm), { initial: 5, maximum: mostMemory });
    policy.setData(data as object);
    const known = Object.keys(policy.entrypoints as Record<string, number>);
    const name = entrypoint ?? (known.length === 1 ? known[0] : undefined);
    if (name === undefined || !known.includes(name)) {
      return { error: `its entry points are ${known.join(', ')}, and entrypoint has to name one` };
    }
    const [answer] = policy.evaluate(JSON.parse(input), name) as { readonly result: unknown }[];
    return { result: answer?.result };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
