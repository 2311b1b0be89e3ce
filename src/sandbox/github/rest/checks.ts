import {
  type CheckRunEdit,
  createCheckRun,
  rerequestCheckRun,
  updateCheckRun,
} from '../actions/check-runs.ts';
import { advanceMergeQueue } from '../actions/merge-queue.ts';
import { resolveCommit } from '../git/commits.ts';
import { type Call, created, ok, onRepository, type RouteTable } from '../http/call.ts';
import { type Fields, fieldsOf, present } from '../http/fields.ts';
import { notFound, refusal } from '../http/refusal.ts';
import { type CheckRun, checkConclusions, checkStatuses } from '../model/check.ts';
import { checkRunsOn } from '../model/checks-on-commit.ts';
import { renderAnnotation, renderCheckRun } from '../render/check.ts';

/** Check runs with their annotations. */
export const checkRoutes: RouteTable = {
  'POST /repos/{owner}/{repo}/check-runs': {
    access: onRepository('checks', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'CheckRun');
      const run = await createCheckRun(world, repository, actor, {
        ...editIn(body),
        name: body.text('name'),
        headSha: body.text('head_sha'),
      });
      await advanceMergeQueue(world, repository);
      return created(renderCheckRun(world, repository, run));
    },
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    access: onRepository('checks', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const run = checkRunIn(call);
      await updateCheckRun(world, repository, actor, run, editIn(fieldsOf(call, 'CheckRun')));
      await advanceMergeQueue(world, repository);
      return ok(renderCheckRun(world, repository, run));
    },
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    access: onRepository('checks', 'read'),
    handle: (call) => ok(renderCheckRun(call.world, call.repository, checkRunIn(call))),
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations': {
    access: onRepository('checks', 'read'),
    handle(call) {
      const { world, repository } = call;
      const run = checkRunIn(call);
      return ok(call.page(run.annotations).map((one) => renderAnnotation(world, repository, run, one)));
    },
  },
  'POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest': {
    access: onRepository('checks', 'write'),
    async handle(call) {
      await rerequestCheckRun(call.world, call.repository, call.actor, checkRunIn(call));
      return created({});
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': {
    access: onRepository('checks', 'read'),
    async handle(call) {
      const { world, repository, path, query } = call;
      const sha = await resolveCommit(repository.git, path.ref!);
      if (!sha) throw refusal(422, `No commit found for SHA: ${path.ref}`);
      const filter = query.get('filter') === 'all' ? 'all' : 'latest';
      const runs = checkRunsOn(repository, sha, filter).filter((run) => matches(run, query));
      const check_runs = call.page(runs).map((run) => renderCheckRun(world, repository, run));
      return ok({ total_count: runs.length, check_runs });
    },
  },
};

/** Which check runs a list's query asks for. */
export function matches(run: CheckRun, query: URLSearchParams): boolean {
  const wanted = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  return (
    wanted('check_name', run.name) &&
    wanted('status', run.status) &&
    wanted('app_id', String(run.suite.app.id))
  );
}

/** The check run whose id is in the path. */
function checkRunIn(call: Call): CheckRun {
  const id = call.number('check_run_id');
  const run = call.repository.checkRuns.find((one) => one.id === id);
  if (!run) throw notFound();
  return run;
}

function editIn(body: Fields): CheckRunEdit {
  return present({
    name: body.optionalText('name'),
    status: body.optionalOneOf('status', checkStatuses),
    conclusion: body.optionalOneOf('conclusion', checkConclusions),
    startedAt: body.optionalText('started_at'),
    completedAt: body.optionalText('completed_at'),
    externalId: body.optionalText('external_id'),
    detailsUrl: body.optionalText('details_url'),
    output: outputIn(body.object('output')),
    actions: body.objects('actions')?.map((action) => ({
      label: action.text('label'),
      description: action.text('description'),
      identifier: action.text('identifier'),
    })),
  });
}

function outputIn(output: Fields | undefined): CheckRunEdit['output'] {
  if (!output) return undefined;
  return {
    summary: output.text('summary'),
    ...present({
      title: output.optionalText('title'),
      text: output.optionalText('text'),
      annotations: output.objects('annotations')?.map((annotation) => ({
        path: annotation.text('path'),
        startLine: annotation.integer('start_line'),
        endLine: annotation.integer('end_line'),
        startColumn: annotation.optionalInteger('start_column') ?? null,
        endColumn: annotation.optionalInteger('end_column') ?? null,
        level: annotation.oneOf('annotation_level', ['notice', 'warning', 'failure']),
        message: annotation.text('message'),
        title: annotation.optionalText('title') ?? null,
        rawDetails: annotation.optionalText('raw_details') ?? null,
      })),
    }),
  };
}
