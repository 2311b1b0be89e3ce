import type { ProgressEvent } from '../apply/apply-plan.ts';
import { SlipwayError } from '../base/error.ts';
import { hasChanges } from '../plan/plan.ts';
import { blocks } from '../policy/finding.ts';
import { shortValue } from '../review/value-lines.ts';
import { formatDuration } from '../review/words.ts';
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

/** Plans under the lock, shows the plan, asks, applies. The exit code: 0 when the cloud is as the template says. */
export async function applySource(
  terminal: Terminal,
  workflow: Workflow,
  source: StackSource,
  options: ApplySourceOptions,
): Promise<number> {
  const stop = new AbortController();
  const onInterrupt = () => {
    terminal.err('Stopping after the resources in hand; run the command again to go on.');
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  try {
    const outcome = await applyStack(workflow, {
      source,
      cause: { ...options.cause, by: terminal.env.USER ?? 'command line' },
      signal: stop.signal,
      permit: (planned) => permit(terminal, planned, options),
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
    }
    return outcome.status === 'succeeded' ? 0 : 1;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

async function permit(terminal: Terminal, planned: StackPlan, options: ApplySourceOptions): Promise<boolean> {
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
  return (await terminal.ask('Apply this? Only yes is a yes: ')) === 'yes';
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
      ? green(`Applied: ${result.done.length} operations.`)
      : red(`Not finished: ${status}.`),
  );
  if (result.failed.length > 0)
    terminal.out(`Failed: ${result.failed.map((f) => f.operation.id).join(', ')}`);
  if (result.notStarted.length > 0)
    terminal.out(`Not started: ${result.notStarted.map((o) => o.id).join(', ')}`);
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
