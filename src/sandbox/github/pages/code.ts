import { html } from 'hono/html';
import { commitOf, resolveCommit } from '../git/commits.ts';
import { branchNames } from '../git/store.ts';
import { readTree, type TreeEntry } from '../git/trees.ts';
import { notFound } from '../http/refusal.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { authorOf } from './authors.ts';
import { branchesToPropose } from './branches-to-propose.ts';
import { cloneHint } from './clone-hint.ts';
import { icon } from './icons.ts';
import { blank, page } from './layout.ts';
import { markdown } from './markdown.ts';
import { commitLink, pathOf } from './names.ts';
import { referencesIn } from './references.ts';
import { type Html, type MaybeHtml, type PageApp, type PageContext, repositoryIn } from './site.ts';
import { when } from './when.ts';

/** Text beyond this is not laid out line by line. */
const longestShown = 512 * 1024;

/** `/:owner/:repo`, `/tree/…`, `/blob/…`, `/raw/…`: directories and files of a branch or a commit. */
export function code(app: PageApp): void {
  app.get('/:owner/:repo', (c) => treePage(c, repositoryIn(c).defaultBranch, ''));
  app.get('/:owner/:repo/tree/:rest{.+}', async (c) => {
    const { ref, path } = await splitRef(c);
    return treePage(c, ref, path);
  });
  app.get('/:owner/:repo/blob/:rest{.+}', blobPage);
  app.get('/:owner/:repo/raw/:rest{.+}', async (c) => {
    const { commit, path } = await splitRef(c);
    const object = await repositoryIn(c).git.objects.read(`${commit}:${path}`);
    if (object?.type !== 'blob') throw notFound();
    // Always as text, whatever it is: a file of a repository must not become a page of this site.
    return c.body(new Uint8Array(object.data), 200, { 'content-type': 'text/plain; charset=utf-8' });
  });
}

/** A branch's name may have slashes in it; it ends where it is the name of something. */
async function splitRef(c: PageContext): Promise<{ ref: string; commit: string; path: string }> {
  const repository = repositoryIn(c);
  const parts = (c.req.param('rest') ?? '').split('/').filter((part) => part !== '');
  for (let end = 1; end <= parts.length; end++) {
    const ref = parts.slice(0, end).join('/');
    const commit = await resolveCommit(repository.git, ref);
    if (commit) return { ref, commit, path: parts.slice(end).join('/') };
  }
  throw notFound();
}

async function treePage(c: PageContext, ref: string, path: string): Promise<Response> {
  const repository = repositoryIn(c);
  const { world } = c.var.site;
  const frame = { title: fullName(repository), repository, tab: 'code' as const };
  const commit = await resolveCommit(repository.git, ref);
  if (!commit) {
    return page(
      c,
      frame,
      html`${blank('code', 'Nothing has been pushed yet')}${cloneHint(world, repository)}`,
    );
  }
  const object = await repository.git.objects.read(`${commit}:${path}`);
  if (object?.type !== 'tree') throw notFound();
  const entries = await readTree(repository.git, object.oid, false);
  return page(
    c,
    frame,
    html`${path === '' ? proposals(repository) : ''}
<div class="bar">${branchMenu(repository, ref)} ${crumbs(repository, ref, path)}</div>
<section class="box">
${await latestCommit(world, repository, commit)}
<table class="files"><tbody>
${path === '' ? '' : html`<tr><td>${icon('folder')} <a href="/${fullName(repository)}/tree/${pathOf(ref)}/${pathOf(path.split('/').slice(0, -1).join('/'))}">..</a></td><td></td></tr>`}
${[...entries].sort(foldersFirst).map((entry) => entryRow(repository, ref, path, entry))}
</tbody></table></section>
${await readme(world, repository, commit, ref, path, entries)}
${path === '' ? cloneHint(world, repository) : ''}`,
  );
}

/** Branches that somebody pushed and nobody proposed yet. */
function proposals(repository: Repository): Html {
  return html`${branchesToPropose(repository).map(
    (
      branch,
    ) => html`<div class="banner calm">${icon('branch')}<p class="grow"><b>${branch}</b> has no pull request yet.</p>
<a class="button primary" href="/${fullName(repository)}/compare/${pathOf(repository.defaultBranch)}...${pathOf(branch)}">Compare &amp; pull request</a></div>`,
  )}`;
}

function foldersFirst(one: TreeEntry, other: TreeEntry): number {
  return Number(other.type === 'tree') - Number(one.type === 'tree') || one.path.localeCompare(other.path);
}

function entryRow(repository: Repository, ref: string, path: string, entry: TreeEntry): Html {
  const kind = entry.type === 'tree' ? 'tree' : 'blob';
  const whole = path === '' ? entry.path : `${path}/${entry.path}`;
  return html`<tr><td>${icon(kind === 'tree' ? 'folder' : 'file')} <a href="/${fullName(repository)}/${kind}/${pathOf(ref)}/${pathOf(whole)}">${entry.path}</a></td><td class="quiet number">${entry.size === null ? '' : sizeOf(entry.size)}</td></tr>`;
}

async function latestCommit(world: World, repository: Repository, sha: string): Promise<Html> {
  const commit = await commitOf(repository.git, sha);
  return html`<p class="box-head">${authorOf(world, commit)} <span class="grow">${commit.message.split('\n')[0]}</span> ${commitLink(repository, sha)} <span class="quiet">${when(world, commit.committer.date)}</span></p>`;
}

async function readme(
  world: World,
  repository: Repository,
  commit: string,
  ref: string,
  path: string,
  entries: readonly TreeEntry[],
): Promise<MaybeHtml> {
  const entry = entries.find(
    (one) => one.type === 'blob' && /^readme(\.(md|markdown|txt))?$/i.test(one.path),
  );
  if (!entry) return '';
  const whole = path === '' ? entry.path : `${path}/${entry.path}`;
  const object = await repository.git.objects.read(`${commit}:${whole}`);
  if (!object) return '';
  return html`<section class="box"><p class="box-head">${icon('file')} ${entry.path}</p><div class="markdown pad">${renderFile(world, repository, ref, whole, object.data.toString())}</div></section>`;
}

function renderFile(world: World, repository: Repository, ref: string, path: string, text: string): Html {
  const directory = pathOf(path.split('/').slice(0, -1).join('/'));
  const below = (kind: string) =>
    `/${fullName(repository)}/${kind}/${pathOf(ref)}/${directory}${directory === '' ? '' : '/'}`;
  return markdown(text, {
    kind: 'file',
    references: referencesIn(world, repository),
    base: { links: below('blob'), pictures: below('raw') },
  });
}

async function blobPage(c: PageContext): Promise<Response> {
  const repository = repositoryIn(c);
  const { ref, commit, path } = await splitRef(c);
  const object = await repository.git.objects.read(`${commit}:${path}`);
  if (object?.type === 'tree')
    return c.redirect(`/${fullName(repository)}/tree/${pathOf(ref)}/${pathOf(path)}`);
  if (object?.type !== 'blob') throw notFound();
  const raw = `/${fullName(repository)}/raw/${pathOf(ref)}/${pathOf(path)}`;
  const text = object.data.toString();
  const isMarkdown = /\.(md|markdown)$/i.test(path);
  const plain = !isMarkdown || c.req.query('plain') === '1';
  const shown = object.data.includes(0)
    ? blank('file', 'A binary file', html`<a href="${raw}">View raw</a>`)
    : object.data.length > longestShown
      ? blank('file', 'A long file', html`<a href="${raw}">View raw</a>`)
      : plain
        ? numbered(text)
        : html`<div class="markdown pad">${renderFile(c.var.site.world, repository, ref, path, text)}</div>`;
  return page(
    c,
    { title: `${path} at ${ref}`, repository, tab: 'code' },
    html`<div class="bar">${branchMenu(repository, ref, path)} ${crumbs(repository, ref, path)}</div>
<section class="box"><p class="box-head"><span class="grow">${text.split('\n').length - (text.endsWith('\n') ? 1 : 0)} lines · ${sizeOf(object.data.length)}</span>
${isMarkdown ? html`<a class="button" href="?plain=${plain ? '0' : '1'}">${plain ? 'Preview' : 'Code'}</a>` : ''} <a class="button" href="${raw}">Raw</a></p>
${shown}</section>`,
  );
}

function numbered(text: string): Html {
  const lines = text.replace(/\n$/, '').split('\n');
  return html`<div class="scroll"><table class="source"><tbody>${lines.map(
    (line, index) =>
      html`<tr id="L${index + 1}"><td class="line-number"><a href="#L${index + 1}">${index + 1}</a></td><td class="line-text">${line}</td></tr>`,
  )}</tbody></table></div>`;
}

/** The branches to go to instead: to the same file, where a branch has it. */
async function branchMenu(repository: Repository, ref: string, path = ''): Promise<Html> {
  const shown = /^[0-9a-f]{40}$/.test(ref) ? ref.slice(0, 7) : ref;
  const links = await Promise.all(
    branchNames(repository.git).map(async (name) => {
      const has = path !== '' && (await repository.git.objects.read(`refs/heads/${name}:${path}`));
      const to = has ? `blob/${pathOf(name)}/${pathOf(path)}` : `tree/${pathOf(name)}`;
      return html`<a href="/${fullName(repository)}/${to}">${name}</a>`;
    }),
  );
  return html`<details class="menu"><summary class="button">${icon('branch')} ${shown}</summary><div class="menu-list">${links}</div></details>
<a class="quiet" href="/${fullName(repository)}/commits/${pathOf(ref)}">${icon('clock')} Commits</a>`;
}

function crumbs(repository: Repository, ref: string, path: string): MaybeHtml {
  if (path === '') return '';
  const parts = path.split('/');
  const base = `/${fullName(repository)}/tree/${pathOf(ref)}`;
  return html`<span class="crumbs"><a href="${base}">${repository.name}</a>${parts.map((part, index) =>
    index === parts.length - 1
      ? html` / <b>${part}</b>`
      : html` / <a href="${base}/${pathOf(parts.slice(0, index + 1).join('/'))}">${part}</a>`,
  )}</span>`;
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
