import type { ProgressEvent } from '../apply/apply-plan.ts';
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import { hasChanges } from '../plan/plan.ts';
import { blocks } from '../policy/finding.ts';
import { describeApplied } from '../review/counts.ts';
import { shortValue } from '../review/value-lines.ts';
import { formatDuration, stateWords } from '../review/words.ts';
import { type ApplyRequest, applyStack } from '../workflow/apply-stack.ts';
import type { StackPlan, StackSource } from '../workflow/plan-stack.ts';
import type { Workflow } from '../workflow/workflow.ts';
import { newStackNotice } from './known-stack.ts';
import { leftBehindNotice } from './recorded-stack.ts';
import { showPlan, withNotices } from './show-plan.ts';
import { colors, type Terminal } from './terminal.ts';
import { waiting } from './waiting.ts';

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
  const notices = [
    ...(await newStackNotice(terminal, workflow.state, source)),
    ...(await leftBehindNotice(terminal, workflow.state, source)),
  ];
  const { cancel, forget } = cancelOnSignal(terminal);
  let wait = waiting(terminal, 'Planning');
  let refusal: SlipwayError | undefined;
  try {
    const outcome = await applyStack(workflow, {
      source,
      cause: { ...options.cause, by: terminal.env.USER ?? 'command line' },
      cancel,
      async permit(planned) {
        wait.end();
        if (!options.json) showPlan(terminal, withNotices(planned, notices));
        refusal = refusalOf(terminal, planned, options);
        if (refusal) return false;
        const permitted = options.yes || !hasChanges(planned.plan!) || (await ask(terminal, source, cancel));
        wait = waiting(terminal, 'Applying');
        return permitted;
      },
      onProgress: (event) => {
        if (!options.json) showEvent(terminal, event);
      },
    });
    wait.end();
    const { status, result } = outcome;
    const planned = withNotices(outcome.planned, notices);
    if (options.json) {
      const { plan, findings } = planned;
      const diagnostics = [...planned.diagnostics, ...(refusal ? diagnosticsOf(refusal) : [])];
      terminal.out(
        JSON.stringify({ status, plan, findings, diagnostics, ...summaryOf(result) }, undefined, 2),
      );
    } else if (refusal) {
      throw refusal;
    } else if (status === 'unplannable') {
      showPlan(terminal, planned);
    } else if (result) {
      showResult(terminal, status, result, planned);
    } else if (status === 'cancelled') {
      terminal.out('Stopped before anything was begun.');
    } else if (status === 'refused') {
      terminal.out('Nothing was done.');
    }
    return status === 'cancelled' ? 3 : status === 'succeeded' ? 0 : 1;
  } finally {
    wait.end();
    forget();
  }
}

/** What is said where a yes is needed and nobody can be asked. */
export function unconfirmed(detail: string): SlipwayError {
  return new SlipwayError('apply-unconfirmed', {
    summary: 'Nothing was done: it needs a yes',
    detail,
    remedy: 'Read the plan, then give --yes.',
  });
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

/** Why this plan is not applied, whatever anybody answers; and where nobody can be asked, that. */
function refusalOf(
  terminal: Terminal,
  { plan, findings }: StackPlan,
  { digest, yes, json }: ApplySourceOptions,
): SlipwayError | undefined {
  if (digest !== undefined && plan!.digest !== digest) {
    return new SlipwayError('plan-stale', {
      summary: 'The plan file is not what would be done now',
      detail: 'The template, its parameters or the cloud have changed since it was made.',
      remedy: 'Plan again, read the new plan, and apply that.',
    });
  }
  const blocking = findings.filter(blocks);
  if (blocking.length > 0) {
    return new SlipwayError('apply-refused', {
      summary: `Policies stand against it: ${[...new Set(blocking.map((f) => f.policy))].join(', ')}`,
      remedy: 'Mend what they say, then apply again.',
    });
  }
  if (!hasChanges(plan!) || yes) return undefined;
  if (json) return unconfirmed('With --json nobody is asked.');
  return terminal.interactive ? undefined : unconfirmed('There is no terminal to ask at.');
}

async function ask(terminal: Terminal, source: StackSource, cancel: AbortSignal): Promise<boolean> {
  const question = source.text === undefined ? 'Delete all of this?' : 'Apply this?';
  return (await terminal.ask(`${question} Only yes is a yes: `, cancel)) === 'yes';
}

function showEvent(
  terminal: Terminal,
  { operation, logicalId, type, status, elapsedMs, error }: ProgressEvent,
): void {
  const { green, red, dim } = colors({ color: terminal.errorColor });
  const line = `${operation} ${logicalId} (${type})`;
  if (status === 'started') terminal.err(dim(`  … ${line}`));
  else if (status === 'done') terminal.err(`  ${green('✓')} ${line} ${dim(formatDuration(elapsedMs))}`);
  else if (status === 'failed') terminal.err(`  ${red('✗')} ${line}\n${error ?? ''}`);
}

type Result = NonNullable<Awaited<ReturnType<typeof applyStack>>['result']>;

function showResult(terminal: Terminal, status: string, result: Result, { source, plan }: StackPlan): void {
  const { green, red } = colors(terminal);
  const outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, o]) => [name, o.value]));
  const what = source.text === undefined ? 'Destroy' : 'Apply';
  terminal.out(
    status === 'succeeded'
      ? green(`${stateWords.applied.label}: ${plan ? describeApplied(plan) : 'nothing to change'}.`)
      : red(
          `${what} ${status === 'failed' ? 'failed' : 'cancelled'}: ${result.failed.length} failed, ${result.done.length} done, ${result.notStarted.length} not started.`,
        ),
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
