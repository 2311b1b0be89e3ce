import type { ProgressEvent } from '../apply/apply-plan.ts';
import { SlipwayError } from '../base/error.ts';
import { hasChanges } from '../plan/plan.ts';
import { blocks } from '../policy/finding.ts';
import { shortValue } from '../review/value-lines.ts';
import { count, formatDuration } from '../review/words.ts';
import { type ApplyRequest, applyStack } from '../workflow/apply-stack.ts';
import type { StackPlan, StackSource } from '../workflow/plan-stack.ts';
import type { Workflow } from '../workflow/workflow.ts';
import { showPlan } from './show-plan.ts';
import { colors, type Terminal } from './terminal.ts';

export interface ApplySourceOptions {
  readonly yes?: true;
  readonly json?: true;
  /** Only a plan with this digest is applied. */
  readonly digest?: string;
  /** What the history says of the run, besides who gave the command. */
  readonly cause?: ApplyRequest['cause'];
}

/**
 * Plans under the lock, shows the plan, asks, applies. The exit code: 0 when the cloud is as the template says, 3 when
 * it was stopped on the way.
 */
export async function applySource(
  terminal: Terminal,
  workflow: Workflow,
  source: StackSource,
  options: ApplySourceOptions,
): Promise<number> {
  const { cancel, forget } = cancelOnSignal(terminal);
  try {
    const outcome = await applyStack(workflow, {
      source,
      cause: { ...options.cause, by: terminal.env.USER ?? 'command line' },
      cancel,
      permit: (planned) => permit(terminal, planned, options, cancel),
      onProgress: (event) => {
        if (!options.json) showEvent(terminal, event);
      },
    });
    if (options.json) {
      const { status, planned, result } = outcome;
      const { plan, findings, diagnostics } = planned;
      terminal.out(
        JSON.stringify({ status, plan, findings, diagnostics, ...summaryOf(result) }, undefined, 2),
      );
    } else if (outcome.status === 'unplannable') {
      showPlan(terminal, outcome.planned);
    } else if (outcome.result) {
      showResult(terminal, outcome.status, outcome.result);
    } else if (outcome.status === 'cancelled') {
      terminal.out('Stopped before anything was begun.');
    }
    return outcome.status === 'cancelled' ? 3 : outcome.status === 'succeeded' ? 0 : 1;
  } finally {
    forget();
  }
}

/** How a process ends that a signal kills, as shells say it. */
const killed = { SIGINT: 130, SIGTERM: 143 } as const;

/** The first Ctrl-C, or request to terminate, finishes what is in hand; the second ends the process as it is. */
function cancelOnSignal(terminal: Terminal): { readonly cancel: AbortSignal; forget(): void } {
  const stop = new AbortController();
  const onSignal = (signal: keyof typeof killed) => {
    // Whatever is under way is in the journal: the next apply finds out what became of it.
    if (stop.signal.aborted) process.exit(killed[signal]);
    terminal.err('Stopping after the resources in hand. Once more ends at once.');
    stop.abort(`${signal} at the command line`);
  };
  const signals = Object.keys(killed) as (keyof typeof killed)[];
  for (const signal of signals) process.on(signal, onSignal);
  return {
    cancel: stop.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

async function permit(
  terminal: Terminal,
  planned: StackPlan,
  options: ApplySourceOptions,
  cancel: AbortSignal,
): Promise<boolean> {
  const plan = planned.plan!;
  if (options.digest !== undefined && plan.digest !== options.digest) {
    throw new SlipwayError('plan-stale', {
      summary: 'The plan file is not what would be done now',
      detail: 'The template, its parameters or the cloud have changed since it was made.',
      remedy: 'Plan again, read the new plan, and apply that.',
    });
  }
  if (!options.json) showPlan(terminal, planned);
  const blocking = planned.findings.filter(blocks);
  if (blocking.length > 0) {
    throw new SlipwayError('apply-refused', {
      summary: `Policies stand against it: ${[...new Set(blocking.map((f) => f.policy))].join(', ')}`,
      remedy: 'Mend what they say, then apply again.',
    });
  }
  if (!hasChanges(plan) || options.yes) return true;
  if (!terminal.interactive) {
    throw new SlipwayError('apply-unconfirmed', {
      summary: 'Nobody is there to say yes',
      remedy: 'Give --yes.',
    });
  }
  return (await terminal.ask('Apply this? Only yes is a yes: ', cancel)) === 'yes';
}

function showEvent(
  terminal: Terminal,
  { operation, logicalId, type, status, elapsedMs, error }: ProgressEvent,
): void {
  const { green, red, dim } = colors(terminal);
  const line = `${operation} ${logicalId} (${type})`;
  if (status === 'started') terminal.err(dim(`  … ${line}`));
  else if (status === 'done') terminal.err(`  ${green('✓')} ${line} ${dim(formatDuration(elapsedMs))}`);
  else terminal.err(`  ${red('✗')} ${line}\n${error ?? ''}`);
}

type Result = NonNullable<Awaited<ReturnType<typeof applyStack>>['result']>;

function showResult(terminal: Terminal, status: string, result: Result): void {
  const { green, red } = colors(terminal);
  const outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, o]) => [name, o.value]));
  terminal.out(
    status === 'succeeded'
      ? green(`Applied: ${count(result.done.length, 'operation')}.`)
      : status === 'cancelled'
        ? red(`Stopped: ${result.done.length} done, ${result.notStarted.length} left.`)
        : red(`Not finished: ${status}.`),
  );
  if (result.failed.length > 0)
    terminal.out(`Failed: ${result.failed.map((f) => f.operation.id).join(', ')}`);
  if (result.notStarted.length > 0)
    terminal.out(`Not started: ${result.notStarted.map((o) => o.id).join(', ')}`);
  if (status === 'cancelled') terminal.out('Run the command again to go on.');
  for (const [name, value] of Object.entries(outputs)) {
    terminal.out(`  ${name} = ${shortValue(value, 1_000)}`);
  }
}

function summaryOf(result: Result | undefined): object {
  if (!result) return {};
  return {
    done: result.done.map((o) => o.id),
    failed: result.failed.map((f) => ({ operation: f.operation.id, error: f.error })),
    notStarted: result.notStarted.map((o) => o.id),
    outputs: result.outputs,
  };
}
