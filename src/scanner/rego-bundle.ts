import { Worker } from 'node:worker_threads';
import { readAnswer } from './rego-answer.ts';
import { regoInput } from './rego-input.ts';
import { failed, type Scanned, type Scanner } from './scanner.ts';
import type { ScannerOf } from './scanners-file.ts';

/** What `opa build -t wasm` makes. */
export interface Bundle {
  readonly wasm: Uint8Array;
  /** Its `data.json`. */
  readonly data: unknown;
}

/** What the worker is given, and what it answers. */
export interface Evaluation extends Bundle {
  readonly entrypoint: string | undefined;
  readonly input: string;
}
export type Evaluated = { readonly result: unknown } | { readonly error: string };

/**
 * A bundle that was compiled to WebAssembly. Each evaluation has a thread of its own, which can be ended: a rule over
 * a large template may take long, and must not hold up the process.
 */
export function regoBundle(
  bundle: Bundle,
  { entrypoint, timeout }: Pick<ScannerOf<'rego'>, 'entrypoint' | 'timeout'>,
): Scanner {
  return {
    reads: 'plan',
    scan: (subject) => evaluate({ ...bundle, entrypoint, input: regoInput(subject) }, timeout),
  };
}

function evaluate(evaluation: Evaluation, timeoutMs: number): Promise<Scanned> {
  const broken = (why: string) =>
    failed(`The bundle could not be evaluated: ${why}`, 'Have the operator build it again.');
  return new Promise<Scanned>((resolve) => {
    const worker = new Worker(new URL('./rego-worker.ts', import.meta.url), {
      workerData: evaluation,
      // No secret is for a rule to see.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    const settle = (scanned: Scanned) => {
      clearTimeout(timer);
      resolve(scanned);
      void worker.terminate();
    };
    const timer = setTimeout(() => {
      settle(failed(`It took longer than ${timeoutMs / 1000} s`, 'Have the operator make the rule faster.'));
    }, timeoutMs);
    worker.once('message', (evaluated: Evaluated) => {
      settle('error' in evaluated ? broken(evaluated.error) : readAnswer(evaluated.result));
    });
    worker.once('error', (error) => settle(broken((error as Error).message)));
    worker.once('exit', () => settle(broken('its thread ended without an answer')));
  });
}
