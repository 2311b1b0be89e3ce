import { rerequestCheckSuite } from '../actions/check-suites.ts';
import { commitOf, resolveCommit } from '../git/commits.ts';
import { type Call, created, ok, onRepository, type RouteTable } from '../http/call.ts';
import { notFound, refusal } from '../http/refusal.ts';
import type { CheckSuite } from '../model/check.ts';
import { checkRunsOn } from '../model/checks-on-commit.ts';
import { renderCheckRun, renderCheckSuite } from '../render/check.ts';
import { matches } from './checks.ts';

/** Check suites: all that one App has to say of one commit. */
export const checkSuiteRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/commits/{ref}/check-suites': {
    access: onRepository('checks', 'read'),
    async handle(call) {
      const { world, repository, path, query } = call;
      const sha = await resolveCommit(repository.git, path.ref!);
      if (!sha) throw refusal(422, `No commit found for SHA: ${path.ref}`);
      const appId = query.get('app_id');
      const suites = repository.checkSuites.filter(
        (suite) => suite.headSha === sha && (appId === null || appId === String(suite.app.id)),
      );
      const head = await commitOf(repository.git, sha);
      const check_suites = call.page(suites).map((suite) => renderCheckSuite(world, repository, suite, head));
      return ok({ total_count: suites.length, check_suites });
    },
  },
  'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}': {
    access: onRepository('checks', 'read'),
    async handle(call) {
      const suite = suiteIn(call);
      const head = await commitOf(call.repository.git, suite.headSha);
      return ok(renderCheckSuite(call.world, call.repository, suite, head));
    },
  },
  'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs': {
    access: onRepository('checks', 'read'),
    handle(call) {
      const { world, repository, query } = call;
      const suite = suiteIn(call);
      const filter = query.get('filter') === 'all' ? 'all' : 'latest';
      const runs = checkRunsOn(repository, suite.headSha, filter).filter(
        (run) => run.suite === suite && matches(run, query),
      );
      const check_runs = call.page(runs).map((run) => renderCheckRun(world, repository, run));
      return ok({ total_count: runs.length, check_runs });
    },
  },
  'POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest': {
    access: onRepository('checks', 'write'),
    async handle(call) {
      await rerequestCheckSuite(call.world, call.repository, call.actor, suiteIn(call));
      return created({});
    },
  },
};

function suiteIn(call: Call): CheckSuite {
  const id = call.number('check_suite_id');
  const suite = call.repository.checkSuites.find((one) => one.id === id);
  if (!suite) throw notFound();
  return suite;
}
