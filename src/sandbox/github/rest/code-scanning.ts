import { uploadAnalysis } from '../actions/code-scanning.ts';
import { accepted, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { repositoryApiUrl } from '../render/addresses.ts';

/** What tools tell of the code. */
export const codeScanningRoutes: RouteTable = {
  'POST /repos/{owner}/{repo}/code-scanning/sarifs': {
    access: onRepository('security_events', 'write'),
    async handle(call) {
      const { world, repository } = call;
      const body = fieldsOf(call, 'Sarif');
      const { id } = await uploadAnalysis(repository, {
        ref: body.text('ref'),
        sha: body.text('commit_sha'),
        sarif: body.text('sarif'),
      });
      return accepted({ id, url: `${repositoryApiUrl(world, repository)}/code-scanning/sarifs/${id}` });
    },
  },
};
