import { forkRepository } from '../actions/repositories.ts';
import { commitOf, resolveCommit } from '../git/commits.ts';
import { branchNames, branchTip } from '../git/store.ts';
import { tokenRole } from '../http/allow.ts';
import {
  accepted,
  type Call,
  type Data,
  ok,
  onOrganisation,
  onRepository,
  type RouteTable,
} from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import { forksOf, repositoriesOf } from '../model/world.ts';
import { repositoryApiUrl } from '../render/addresses.ts';
import { renderBranchProtection } from '../render/branch-protection.ts';
import { renderCommit } from '../render/commit.ts';
import { renderFullRepository, renderRepository } from '../render/repository.ts';

/** Repositories and their branches. */
export const repositoryRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}': {
    access: onRepository('metadata', 'read'),
    handle: ({ world, repository, role }) => ok(renderFullRepository(world, repository, role)),
  },
  'PATCH /repos/{owner}/{repo}': {
    access: onRepository('administration', 'write', 'admin'),
    handle(call) {
      const { world, repository, role } = call;
      const deleteOnMerge = fieldsOf(call, 'Repository').flag('delete_branch_on_merge');
      if (deleteOnMerge !== undefined) repository.deleteBranchOnMerge = deleteOnMerge;
      return ok(renderFullRepository(world, repository, role));
    },
  },
  'GET /orgs/{org}/repos': {
    access: onOrganisation('metadata', 'read'),
    handle(call) {
      const { world, organisation, token } = call;
      const visible = repositoriesOf(world, organisation).filter(
        (repository) => tokenRole(world, repository, token) !== 'none',
      );
      return ok(call.page(visible).map((repository) => renderRepository(world, repository)));
    },
  },
  'GET /repos/{owner}/{repo}/forks': {
    access: onRepository('metadata', 'read'),
    handle(call) {
      const { world, repository } = call;
      return ok(call.page(forksOf(world, repository)).map((fork) => renderRepository(world, fork)));
    },
  },
  'POST /repos/{owner}/{repo}/forks': {
    access: onRepository('contents', 'read'),
    async handle({ world, repository, actor }) {
      const fork = await forkRepository(world, repository, actor);
      return accepted(renderFullRepository(world, fork, 'admin'));
    },
  },
  'GET /repos/{owner}/{repo}/branches': {
    access: onRepository('contents', 'read'),
    handle(call) {
      const { world, repository } = call;
      const wanted = call.query.get('protected');
      const names = branchNames(repository.git).filter(
        (name) => wanted === null || String(repository.protections.has(name)) === wanted,
      );
      return ok(
        call.page(names).map((name) => {
          const sha = branchTip(repository.git, name)!;
          return {
            name,
            commit: { sha, url: `${repositoryApiUrl(world, repository)}/commits/${sha}` },
            protected: repository.protections.has(name),
          };
        }),
      );
    },
  },
  'GET /repos/{owner}/{repo}/branches/{branch}': {
    access: onRepository('contents', 'read'),
    handle: async (call) => ok(await renderBranch(call)),
  },
};

async function renderBranch(call: Call): Promise<Data<'GET /repos/{owner}/{repo}/branches/{branch}'>> {
  const { world, repository, path } = call;
  const name = path.branch!;
  const tip = branchTip(repository.git, name);
  const sha = tip && (await resolveCommit(repository.git, tip));
  if (!sha) throw notFound();
  const self = `${repositoryApiUrl(world, repository)}/branches/${name}`;
  const protection = repository.protections.get(name);
  return {
    name,
    commit: renderCommit(world, repository, await commitOf(repository.git, sha)),
    _links: { html: `${world.url}/${call.path.owner}/${repository.name}/tree/${name}`, self },
    protected: protection !== undefined,
    protection: protection
      ? { enabled: true, ...renderBranchProtection(world, repository, name, protection) }
      : { enabled: false },
    protection_url: `${self}/protection`,
  };
}
