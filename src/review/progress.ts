/** While a plan is applied, and how it ended: one comment that is edited as things go on. */
import { digestOf } from '../base/canonical-json.ts';
import type { Properties } from '../base/value.ts';
import type { Action, Counts } from '../plan/plan.ts';
import type { StackId } from '../stack/stack.ts';
import { describeDone } from './counts.ts';
import { codeSpan, prose } from './escape.ts';
import { howToGoOn } from './go-on.ts';
import { shortValue } from './value-lines.ts';
import {
  actionWords,
  count,
  formatDuration,
  formatNumber,
  type StateWords,
  type StepState,
  stateWords,
  stepWords,
} from './words.ts';

/** One resource of a run. */
export interface Step {
  readonly logicalId: string;
  readonly type: string;
  readonly action: Action;
  /** The logical id until now, where it gets another one. */
  readonly movedFrom?: string;
  readonly state: StepState;
  /** How long it took, or has been running. */
  readonly ms?: number;
  /** Why it failed. */
  readonly reason?: string;
  /** What it waits for in the cloud, `instance i-123 to run`, and since when (ISO 8601). */
  readonly wait?: { readonly what: string; readonly since: string };
}

export interface Progress {
  readonly stack: StackId;
  readonly environment: string;
  readonly file: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** Of the run so far. */
  readonly ms: number;
  /** Who approved it, and what was lifted: `Approved by @reviewer`. */
  readonly approval?: string;
  /** Where the template was until now, if it moves. */
  readonly movedFrom?: string;
  /** What else it does, where no resource changes: `1 leftover deleted`. */
  readonly besides?: string;
  /** It has stopped, and nothing at all of it was finished. */
  readonly untouched?: true;
  /** Only resources that change, in the order of the plan. */
  readonly steps: readonly Step[];
  /** What the stack gives out, once applied. */
  readonly outputs: Properties;
  /** What it does is to go back to an earlier version. */
  readonly back?: true;
}

/** Finds the progress comment of a stack again. A digest, because a path could end the HTML comment. */
export function progressMarker(stack: StackId): string {
  return `<!-- slipway:progress:${digestOf(stack).slice(0, 16)} -->`;
}

const maxRows = 60;

/** The comment of one run: a table while it goes on, then outputs, or what is done, failed and not started. */
export function renderProgress(progress: Progress): string {
  const target = `${codeSpan(progress.file)} in ${codeSpan(progress.environment)}`;
  const done = progress.steps.filter((s) => s.state === 'done').length;
  const time = formatDuration(progress.ms);
  const { symbol, label } = words(progress);
  const approval = progress.approval === undefined ? '' : prose(progress.approval);
  const head =
    progress.status === 'running'
      ? `## ${symbol} ${label} ${target}${progress.steps.length === 0 ? '' : `: ${formatNumber(done)} of ${formatNumber(progress.steps.length)}`}`
      : progress.status === 'succeeded'
        ? `## ${symbol} ${label} ${target}: ${describeSteps(progress) || (progress.besides ?? 'nothing to do')} in ${time}`
        : `## ${symbol} ${label}: ${target}`;
  const body =
    progress.status === 'running'
      ? [
          moveLine(progress),
          progress.steps.length === 0 ? '' : stepTable(progress.steps),
          smallPrint([approval, `${time} so far`, '`/slipway cancel` stops between two resources']),
        ]
      : progress.status === 'succeeded'
        ? [
            moveLine(progress),
            outputTable(progress.outputs),
            progress.steps.length === 0
              ? ''
              : folded(count(progress.steps.length, 'resource'), stepTable(progress.steps)),
            smallPrint([approval]),
          ]
        : [threeLists(progress), howToGoOn([progress]), smallPrint([approval])];
  return [progressMarker(progress.stack), head, '', ...body.filter(Boolean).flatMap((part) => [part, ''])]
    .join('\n')
    .trimEnd();
}

function moveLine({ file, movedFrom }: Progress): string {
  if (movedFrom === undefined) return '';
  return `The template moved from ${codeSpan(movedFrom)} to ${codeSpan(file)}: it stays the same stack.`;
}

function smallPrint(parts: readonly string[]): string {
  const said = parts.filter(Boolean);
  return said.length === 0 ? '' : `<sub>${said.join(' · ')}</sub>`;
}

function words({ status, back }: Progress): StateWords {
  if (status === 'running')
    return back ? { ...stateWords.applying, label: 'Going back:' } : stateWords.applying;
  if (status === 'succeeded') return back ? stateWords['rolled-back'] : stateWords.applied;
  return back
    ? { ...stateWords[status], label: stateWords[status].label.replace('Apply', 'Rollback') }
    : stateWords[status];
}

/** `2 replaced, 12 created` of what is done. */
export function describeSteps(progress: Progress): string {
  const counts: Record<Action, number> = {
    create: 0,
    update: 0,
    replace: 0,
    delete: 0,
    import: 0,
    forget: 0,
    none: 0,
  };
  for (const step of progress.steps) if (step.state === 'done') counts[step.action]++;
  return describeDone(counts satisfies Counts);
}

/** `3 done, 1 failed, 2 not started`, without what is zero. */
export function describeOutcome(progress: Progress): string {
  const n = (states: readonly StepState[]) => progress.steps.filter((s) => states.includes(s.state)).length;
  const counts: readonly (readonly [number, string])[] = [
    [n(['done']), 'done'],
    [n(['failed']), 'failed'],
    [n(['waiting', 'running', 'skipped']), 'not started'],
  ];
  const some = counts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return some.join(', ') || 'nothing done';
}

const stepOrder = Object.keys(stepWords) as readonly StepState[];

function stepTable(steps: readonly Step[]): string {
  const sorted = [...steps].sort((a, b) => stepOrder.indexOf(a.state) - stepOrder.indexOf(b.state));
  const shown = sorted.slice(0, maxRows);
  const rows = shown.map((s) => {
    const { doing, done } = actionWords[s.action];
    const waits = s.wait ? `, waiting since ${timeOf(s.wait.since)} for ${prose(s.wait.what, 200)}` : '';
    const state =
      s.state === 'running' ? `${doing}${waits}` : s.state === 'done' ? done : stepWords[s.state].label;
    const time = s.ms === undefined ? '' : formatDuration(s.ms);
    const was = s.movedFrom === undefined ? '' : `, until now ${codeSpan(s.movedFrom)}`;
    return `| ${stepWords[s.state].symbol} | ${codeSpan(s.logicalId)}${was} | ${codeSpan(s.type)} | ${state} | ${time} |`;
  });
  const hidden = steps.length - shown.length;
  const more = hidden > 0 ? [`\n… and ${count(hidden, 'more resource')}`] : [];
  return ['| | Resource | Type | State | Time |', '|:-:|:--|:--|:--|--:|', ...rows, ...more].join('\n');
}

/** `10:01:37 UTC`: a time that stays true however long the comment is not edited. */
function timeOf(iso: string): string {
  return `${iso.slice(11, 19)} UTC`;
}

/** What a stack gives out, as a table; empty when nothing. */
export function outputTable(outputs: Properties): string {
  const entries = Object.entries(outputs);
  if (entries.length === 0) return '';
  const rows = entries
    .slice(0, maxRows)
    .map(([name, v]) => `| ${codeSpan(name)} | ${codeSpan(shortValue(v, 200), 240)} |`);
  const hidden = entries.length - rows.length;
  const more = hidden > 0 ? [`\n… and ${count(hidden, 'more output')}`] : [];
  return ['| Output | Value |', '|:--|:--|', ...rows, ...more].join('\n');
}

/** Where a failed run left the stack: what failed and why, what is done, what was not started. */
export function threeLists(progress: Progress): string {
  const failed = progress.steps.filter((s) => s.state === 'failed');
  return [
    ...(failed.length === 0 ? [] : [`**${count(failed.length, 'resource')} failed**`, '']),
    ...failed.slice(0, 20).map((s) => failedLine(s)),
    ...moreThan(20, failed.length),
    ...(failed.length === 0 ? [] : ['']),
    doneAndNotStarted(progress),
  ]
    .join('\n')
    .trimEnd();
}

/** What failed, where, and why: a line of a list. `where` is Markdown. */
export function failedLine({ action, logicalId, type, reason }: Step, where = ''): string {
  // The sign says already that it is an error.
  const why = reason === undefined ? '' : `: ${prose(reason.replace(/^error: /, ''))}`;
  return `- ${stepWords.failed.symbol} ${actionWords[action].verb} ${codeSpan(logicalId)} (${codeSpan(type)})${where}${why}`;
}

/** The lists of what did not fail; empty where nothing did not. */
export function doneAndNotStarted({ steps }: Progress): string {
  const of = (...states: StepState[]) => steps.filter((s) => states.includes(s.state));
  const done = of('done');
  const rest = of('waiting', 'running', 'skipped');
  return [
    names(`${stepWords.done.symbol} **${formatNumber(done.length)} done**`, done),
    names(`${stepWords.skipped.symbol} **${formatNumber(rest.length)} not started**`, rest),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function names(title: string, steps: readonly Step[]): string {
  if (steps.length === 0) return '';
  const hidden = steps.length - 30;
  const more = hidden > 0 ? ` and ${formatNumber(hidden)} more` : '';
  return `${title}: ${steps
    .slice(0, 30)
    .map((s) => codeSpan(s.logicalId))
    .join(', ')}${more}`;
}

function moreThan(shown: number, all: number): string[] {
  return all > shown ? [`- … and ${formatNumber(all - shown)} more`] : [];
}

/** A block that opens on a click. `title` is HTML. */
export function folded(title: string, content: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n${content}\n\n</details>`;
}
