import type { Context, Hono } from 'hono';
import type { HtmlEscapedString } from 'hono/utils/html';
import { notFound } from '../http/refusal.ts';
import type { Issue } from '../model/issue.ts';
import { isPullRequest, type PullRequestIssue } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { findRepository, type World } from '../model/world.ts';
import type { Dispatcher } from '../webhooks/dispatch.ts';
import type { History } from './history.ts';

/** What every page can look into. */
export interface Site {
  readonly world: World;
  readonly history: History;
  readonly webhooks: Dispatcher;
}

export interface PageEnvironment {
  Variables: { site: Site };
}

export type PageApp = Hono<PageEnvironment>;
export type PageContext = Context<PageEnvironment>;

/** A piece of a page: what the `html` tag makes. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A piece of a page, or nothing. */
export type MaybeHtml = Html | '';

/** The repository in the address. */
export function repositoryIn(c: PageContext): Repository {
  const found = findRepository(c.var.site.world, `${c.req.param('owner')}/${c.req.param('repo')}`);
  if (!found) throw notFound();
  return found;
}

/** The issue, or the conversation of the pull request, whose number is in the address. */
export function issueIn(c: PageContext, repository: Repository): Issue {
  const found = repository.issues.get(Number(c.req.param('number')));
  if (!found) throw notFound();
  return found;
}

/** The pull request whose number is in the address. */
export function pullRequestIn(c: PageContext, repository: Repository): PullRequestIssue {
  const found = issueIn(c, repository);
  if (!isPullRequest(found)) throw notFound();
  return found;
}
