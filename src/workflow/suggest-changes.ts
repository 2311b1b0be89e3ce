import { digestOf } from '../base/canonical-json.ts';
import { type Suggestion, suggestionFor, suggestionText } from '../review/suggestion.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import type { StackPlan } from './plan-stack.ts';
import type { ChangedFile, LineComment, PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** More of them at once nobody reads; the others come once these are taken. */
const mostAtOnce = 5;
/** Of one pull request in all its life. */
const mostEver = 20;

/**
 * Offers on the lines of the pull request what would mend its findings by one click. Each is offered once: one that
 * was answered, resolved or left alone does not come back with the next push.
 */
export async function suggestChanges(
  workflow: PullRequestWorkflow,
  repository: Repository,
  { number, headSha }: PullRequest,
  planned: readonly StackPlan[],
  files: readonly ChangedFile[],
  record: PullRequestRecord,
): Promise<void> {
  const made = record.suggested ?? [];
  const fresh = offers(planned, files).filter(({ key }) => !made.includes(key));
  const shown = fresh.slice(0, Math.min(mostAtOnce, mostEver - made.length));
  if (shown.length === 0) return;
  // First, so that a process that dies here offers them not at all rather than twice.
  const suggested = [...made, ...shown.map(({ key }) => key)];
  await workflow.pullRequests.put({ ...record, suggested });
  try {
    await repository.commentOnLines(
      number,
      headSha,
      shown.map(({ comment }) => comment),
    );
  } catch (error) {
    // The findings say the same; the lines may have moved under a push meanwhile.
    workflow.log.warn({ err: error, pullRequest: number }, 'could not suggest changes');
  }
}

interface Offer {
  readonly key: string;
  readonly comment: LineComment;
}

/** One for a line, of those lines that the pull request shows. */
function offers(planned: readonly StackPlan[], files: readonly ChangedFile[]): readonly Offer[] {
  const shown = new Map(files.map((f) => [f.path, newLines(f.patch ?? '')]));
  const byLine = new Map<string, Offer>();
  for (const { source, findings } of planned) {
    for (const finding of findings) {
      if (finding.fix === undefined || finding.undecided || finding.code) continue;
      const suggestion = suggestionFor(finding, source.text ?? '');
      // What is planned is the merge; where its lines are not those of the head, a click would change another.
      if (!suggestion || shown.get(suggestion.path)?.get(suggestion.line) !== suggestion.before) continue;
      const { path, line } = suggestion;
      const place = `${path}:${line}`;
      if (byLine.has(place)) continue;
      const comment = { path, line, body: suggestionText(finding, suggestion) };
      byLine.set(place, { key: keyOf(finding.policy, suggestion), comment });
    }
  }
  return [...byLine.values()];
}

/** Not the line's number: a push above it moves it. */
function keyOf(policy: string, { path, before, after }: Suggestion): string {
  return digestOf([policy, path, before, after]).slice(0, 16);
}

/** The lines of the new side that a patch shows, by their number. */
function newLines(patch: string): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  let at = 0;
  for (const line of patch.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk) at = Number(hunk[1]);
    else if (line.startsWith('+') || line.startsWith(' ')) lines.set(at++, line.slice(1).replace(/\r$/, ''));
  }
  return lines;
}
