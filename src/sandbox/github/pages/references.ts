import { fullName, type Repository } from '../model/repository.ts';
import { findTeam } from '../model/team.ts';
import { findAccount, findRepository, type World } from '../model/world.ts';
import { accountPath } from './names.ts';
import { escapeText } from './sanitise.ts';

const mention = /@([a-z\d](?:[a-z\d-]{0,38}))(?:\/([\w-]+))?/;
const reference = /(?:([\w-]+\/[\w.-]+))?#(\d{1,9})\b/;
// Not in the middle of a word, an address or an entity.
const either = new RegExp(`(?<![\\w/@&;.#-])(?:${mention.source}|${reference.source})`, 'gi');

/**
 * Turns `@login`, `@organisation/team`, `#12` and `owner/name#12` in a piece of escaped text into links, where there
 * is such a thing; the rest stays as it is.
 */
export function referencesIn(world: World, repository: Repository): (text: string) => string {
  return (text) =>
    text.replace(either, (whole, login?: string, slug?: string, name?: string, number?: string) => {
      const target =
        login === undefined
          ? issueTarget(world, repository, name, Number(number))
          : mentioned(world, login, slug);
      return target === null
        ? whole
        : `<a class="reference" href="${escapeText(target.path)}" title="${escapeText(target.title)}">${whole}</a>`;
    });
}

interface Target {
  readonly path: string;
  readonly title: string;
}

function mentioned(world: World, login: string, slug: string | undefined): Target | null {
  const account = findAccount(world, login);
  if (!account) return null;
  if (slug === undefined) return { path: accountPath(account), title: account.name };
  const team = findTeam(world, account, slug);
  return team && { path: `/orgs/${account.login}/teams/${team.slug}`, title: team.name };
}

function issueTarget(
  world: World,
  here: Repository,
  name: string | undefined,
  number: number,
): Target | null {
  const repository = name === undefined ? here : findRepository(world, name);
  const issue = repository?.issues.get(number);
  if (!repository || !issue) return null;
  return { path: `/${fullName(repository)}/${issue.pull ? 'pull' : 'issues'}/${number}`, title: issue.title };
}
