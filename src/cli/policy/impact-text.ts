import { formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { formatSource } from '../../base/source.ts';
import { clean } from '../../base/visible.ts';
import { blocks, type Finding } from '../../policy/finding.ts';
import type { Policy } from '../../policy/policy.ts';
import { limitsOf } from '../../review/compliance.ts';
import { count } from '../../review/words.ts';
import type { LiveImpact } from '../../workflow/compliance-impact.ts';
import type { RunScan, RunsScan } from '../../workflow/scan-runs.ts';
import { columns } from '../columns.ts';
import type { Terminal } from '../terminal.ts';
import { runningText } from './running-text.ts';

/** What a policy would mean for one stack. */
export interface Impact extends LiveImpact {
  /** Whether settings and files of the stack's repository are at hand. */
  readonly isOwn: boolean;
  readonly past: RunsScan;
}

export function isUnknown({ compliance }: Impact): boolean {
  return hasErrors(compliance.diagnostics);
}

/** What a policy would have stopped, for a terminal: what runs, recorded runs, counts, and what could not be told. */
export function impactLines(terminal: Terminal, policy: Policy, impacts: readonly Impact[]): string[] {
  const { id, title, severity, enforcement, file } = policy;
  const running = impacts.flatMap(({ compliance }) => [
    ...(compliance.diagnostics.length > 0 ? [`${compliance.stack}:`] : []),
    ...compliance.diagnostics.map(formatDiagnostic),
    ...compliance.findings.map((finding) => runningText(terminal, compliance, finding)),
    ...limitsOf(compliance).map((sentence) => clean(`${compliance.stack}: ${sentence}`)),
  ]);
  const past = impacts.flatMap(({ compliance, past }) =>
    past.runs.flatMap((run) => runLines(compliance, run)),
  );
  return [
    clean(`${id}: ${title} (${severity}, ${enforcement}; ${file})`),
    ...(running.length > 0 ? ['', 'What runs', ...running] : []),
    ...(past.length > 0 ? ['', 'Recorded runs', ...past] : []),
    ...(impacts.length > 0 ? ['', ...table(impacts)] : []),
    '',
    ...remarks(policy, impacts),
    summaryOf(policy, impacts),
  ];
}

function runLines({ stack }: Impact['compliance'], { run, startedAt, cause, findings }: RunScan): string[] {
  if (findings.length === 0) return [];
  const what = cause.pullRequest === undefined ? '' : ` of #${cause.pullRequest}`;
  return [
    clean(`${startedAt.slice(0, 16).replace('T', ' ')} ${stack}${what} (run ${run})`),
    ...findings.map((finding) => `  ${runFindingText(finding)}`),
  ];
}

function runFindingText({ where, logicalId, message, undecided }: Finding): string {
  const place = where ? `${formatSource(where)}: ` : '';
  return clean(`${place}${logicalId}: ${message}${undecided ? ' (not counted)' : ''}`);
}

function table(impacts: readonly Impact[]): string[] {
  const rows = impacts.map((impact) => {
    const { compliance, past } = impact;
    const live = String(compliance.findings.filter(blocks).length);
    const stopped = past.runs.filter(({ findings }) => findings.some(blocks)).length;
    return [compliance.stack, isUnknown(impact) ? '?' : live, `${stopped} of ${past.runs.length}`];
  });
  return columns([['stack', 'running', 'runs stopped'], ...rows]);
}

/** What the counts do not say. */
function remarks({ id, enforcement }: Policy, impacts: readonly Impact[]): string[] {
  const already = impacts.reduce((sum, impact) => sum + impact.already, 0);
  const others = impacts.filter(({ isOwn }) => !isOwn).length;
  const open = impacts
    .flatMap(({ past }) => past.runs.flatMap(({ findings }) => findings))
    .filter((finding) => finding.undecided).length;
  return [
    ...(impacts.some(({ compliance }) => compliance.notAsked.includes(id))
      ? ['It is about what a plan does: what only runs cannot be held against it, recorded runs can.']
      : []),
    ...(already > 0
      ? [`${count(already, 'of these stands', 'of these stand')} against the policy as it is in force, too.`]
      : []),
    ...(enforcement === 'advisory' ? ['It is advisory: it tells, and stops nothing.'] : []),
    ...(open > 0
      ? [
          `${count(open, 'finding')} of recorded runs hung on what was known only at apply, and is not counted.`,
        ]
      : []),
    ...(impacts.some(({ past }) => past.more)
      ? ['There are older runs, which were not looked at: --runs says how many are.']
      : []),
    ...(others > 0
      ? [
          `${count(others, 'stack')} of other repositories: their settings, with parameters and exceptions, are not at hand.`,
        ]
      : []),
  ];
}

function summaryOf({ enforcement }: Policy, impacts: readonly Impact[]): string {
  const stopping = impacts.map(({ compliance }) => compliance.findings.filter(blocks).length);
  const live = stopping.reduce((sum, n) => sum + n, 0);
  const stacks = stopping.filter((n) => n > 0).length;
  const runs = impacts.flatMap(({ past }) => past.runs);
  const stopped = runs.filter(({ findings }) => findings.some(blocks)).length;
  const unknown = impacts.filter(isUnknown).length;
  const told = impacts.reduce((sum, { compliance }) => sum + compliance.findings.length, 0) - live;
  const parts = [
    live > 0
      ? `It would stop what runs in ${count(live, 'place')} of ${count(stacks, 'stack')}`
      : 'It would stop nothing that runs',
    stopped > 0
      ? `and would have stopped ${stopped} of ${count(runs.length, 'recorded run')}`
      : `and none of ${count(runs.length, 'recorded run')}`,
  ];
  const more = [
    ...(told > 0
      ? [
          enforcement === 'advisory'
            ? `It would tell of ${count(told, 'place')}.`
            : `${count(told, 'finding')} would stop nothing: advice, or allowed.`,
        ]
      : []),
    ...(unknown > 0 ? [`${count(unknown, 'stack')} could not be looked at.`] : []),
  ];
  return [`${parts.join(', ')}.`, ...more].join(' ');
}
