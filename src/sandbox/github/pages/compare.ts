import { html } from 'hono/html';
import { openPullRequest } from '../actions/pull-requests.ts';
import { commitOf, commitsBetween, mergeBase, resolveCommit } from '../git/commits.ts';
import { changedFiles, emptyTree } from '../git/diff.ts';
import { mergeTrees } from '../git/merge.ts';
import { branchNames, branchTip } from '../git/store.ts';
import { notFound, refusal } from '../http/refusal.ts';
import { requireRole } from '../model/actor.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { findRepository, forksOf, type World } from '../model/world.ts';
import { accountOfEmail } from '../render/commit.ts';
import { commitList } from './commit.ts';
import { fileDifferences } from './file-differences.ts';
import { act, type Refused } from './form.ts';
import { icon } from './icons.ts';
import { blank, page } from './layout.ts';
import { pathOf } from './names.ts';
import { actorIn, personChoice } from './people.ts';
import { type Html, type MaybeHtml, type PageApp, type PageContext, repositoryIn } from './site.ts';

/** A branch of this repository, or of a fork (`owner:branch`). */
interface Head {
  readonly repository: Repository;
  readonly branch: string;
}

/** `/:owner/:repo/compare/:base...:head`: what a branch would change, and the form that opens a pull request. */
export function compare(app: PageApp): void {
  app.get('/:owner/:repo/compare', (c) => {
    const { base, head } = c.req.query();
    if (base && head)
      return c.redirect(`/${fullName(repositoryIn(c))}/compare/${pathOf(base)}...${pathOf(head)}`);
    return choicePage(c);
  });
  app.get('/:owner/:repo/compare/:range{.+}', (c) => comparePage(c, c.req.param('range')));
  app.post('/:owner/:repo/pulls', (c) => {
    const repository = repositoryIn(c);
    const { world } = c.var.site;
    return act(
      c,
      async (form) => {
        const actor = actorIn(c, form.as ?? '');
        requireRole(world, repository, actor, 'read');
        const issue = await openPullRequest(world, repository, actor, {
          title: form.title ?? '',
          body: form.body || null,
          head: headOf(world, repository, form.head ?? ''),
          base: form.base ?? '',
          draft: form.draft === 'on',
        });
        return `/${fullName(repository)}/pull/${issue.number}`;
      },
      (refused) => comparePage(c, `${refused.form.base}...${refused.form.head}`, refused),
    );
  });
}

function headOf(world: World, repository: Repository, name: string): Head {
  const colon = name.indexOf(':');
  if (colon < 0) return { repository, branch: name };
  const owner = findRepository(world, `${name.slice(0, colon)}/${repository.name}`);
  const family = [
    repository,
    ...forksOf(world, repository),
    ...(repository.parent ? [repository.parent] : []),
  ];
  return { repository: owner && family.includes(owner) ? owner : repository, branch: name.slice(colon + 1) };
}

function choicePage(c: PageContext): Response | Promise<Response> {
  const repository = repositoryIn(c);
  return page(
    c,
    { title: 'New pull request', repository, tab: 'pulls' },
    html`<h1>Compare changes</h1>${choice(c.var.site.world, repository, repository.defaultBranch, '')}`,
  );
}

function choice(world: World, repository: Repository, base: string, head: string): Html {
  const option = (name: string, chosen: string) =>
    html`<option value="${name}"${name === chosen ? html` selected` : ''}>${name}</option>`;
  const own = branchNames(repository.git);
  const others = forksOf(world, repository).flatMap((fork) =>
    branchNames(fork.git).map((name) => `${fork.owner.login}:${name}`),
  );
  return html`<form class="bar" action="/${fullName(repository)}/compare">${icon('branch')}
<label>base <select name="base">${own.map((name) => option(name, base))}</select></label> ←
<label>compare <select name="head">${[...own, ...others].map((name) => option(name, head))}</select></label>
<button class="button">Compare</button></form>`;
}

async function comparePage(c: PageContext, range: string, refused?: Refused): Promise<Response> {
  const repository = repositoryIn(c);
  const { world } = c.var.site;
  const [baseName = '', headName = ''] = range.split('...');
  const head = headOf(world, repository, headName);
  const base = await resolveCommit(repository.git, baseName);
  const tip = await resolveCommit(head.repository.git, head.branch);
  if (!base || !tip) throw notFound();
  // A fork may lack the newest commits of what it was forked from, and the other way round: compare where both are.
  const has = async (one: Repository, sha: string) => (await resolveCommit(one.git, sha)) !== null;
  const where = (await has(repository, tip)) ? repository : head.repository;
  if (!(await has(where, base)))
    throw refusal(422, `${headName} is behind ${baseName}: bring the fork up to date first.`);
  const [commits, start] = await Promise.all([
    commitsBetween(where.git, base, tip),
    mergeBase(where.git, base, tip),
  ]);
  const files = await changedFiles(where.git, start ?? emptyTree, tip);
  const isBranch =
    branchTip(head.repository.git, head.branch) !== null && branchTip(repository.git, baseName) !== null;
  return page(
    c,
    { title: `Comparing ${range}`, repository, tab: 'pulls', problem: refused?.message },
    commits.length === 0
      ? html`<h1>Compare changes</h1>${choice(world, repository, baseName, headName)}${blank('code', 'There is nothing to compare', `${baseName} has all that ${headName} has.`)}`
      : html`<h1>Open a pull request</h1>${choice(world, repository, baseName, headName)}
${where === repository ? await mergeability(repository, base, tip) : ''}
${isBranch ? await proposal(c, repository, baseName, headName, tip, head.repository, refused) : ''}
${commitList(world, where, commits)}
${fileDifferences(where, tip, files, [])}`,
  );
}

async function mergeability(repository: Repository, base: string, tip: string): Promise<MaybeHtml> {
  const outcome = await mergeTrees(repository.git, base, tip);
  return 'tree' in outcome
    ? html`<p><span class="mark good">${icon('check')}</span> <b>Able to merge.</b> These branches can be merged automatically.</p>`
    : html`<p><span class="mark bad">${icon('cross')}</span> <b>Can’t automatically merge.</b> The pull request can be opened all the same.</p>`;
}

async function proposal(
  c: PageContext,
  repository: Repository,
  base: string,
  head: string,
  tip: string,
  from: Repository,
  refused: Refused | undefined,
): Promise<Html> {
  const newest = await commitOf(from.git, tip);
  const [subject, ...rest] = newest.message.split('\n');
  const author = accountOfEmail(c.var.site.world, newest.author.email);
  return html`<form class="box pad" method="post" action="/${fullName(repository)}/pulls">
<input type="hidden" name="base" value="${base}"><input type="hidden" name="head" value="${head}">
<label>Title<input class="wide" name="title" required maxlength="256" value="${refused?.form.title ?? subject ?? ''}"></label>
<label>Description<textarea name="body" rows="8" placeholder="Markdown">${refused?.form.body ?? rest.join('\n').trim()}</textarea></label>
<p class="bar"><label><input type="checkbox" name="draft"> Draft</label><span class="grow"></span>${personChoice(c, author ? { first: author } : {})}<button class="button primary">Create pull request</button></p></form>`;
}
