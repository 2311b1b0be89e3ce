import type { Actor } from '../model/actor.ts';
import type { Issue, Label } from '../model/issue.ts';
import { isPullRequest } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderIssue, renderLabel } from '../render/issue.ts';
import { renderPullRequest } from '../render/pull-request.ts';

/** The label of this name, made when there is none, as GitHub does when one is put on an issue. */
export function ensureLabel(
  world: World,
  repository: Repository,
  name: string,
  look: { readonly color?: string; readonly description?: string } = {},
): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known) return known;
  const label = {
    id: world.newId(),
    name,
    color: look.color ?? 'ededed',
    description: look.description ?? '',
  };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

/** Puts labels on an issue or a pull request. */
export async function addLabels(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const label = ensureLabel(world, repository, name);
    if (issue.labels.includes(label)) continue;
    issue.labels.push(label);
    issue.updatedAt = timestamp(world);
    await announceLabel(world, repository, issue, actor, label, 'labeled');
  }
}

/** Takes a label off an issue or a pull request; false when it was not there. */
export async function removeLabel(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  name: string,
): Promise<boolean> {
  const index = issue.labels.findIndex((label) => label.name.toLowerCase() === name.toLowerCase());
  const [label] = index < 0 ? [] : issue.labels.splice(index, 1);
  if (!label) return false;
  issue.updatedAt = timestamp(world);
  await announceLabel(world, repository, issue, actor, label, 'unlabeled');
  return true;
}

async function announceLabel(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  label: Label,
  action: 'labeled' | 'unlabeled',
): Promise<void> {
  const audience = { repository, sender: actor.account };
  const rendered = renderLabel(world, repository, label);
  if (isPullRequest(issue)) {
    await world.announce('pull_request', audience, async () => ({
      action,
      number: issue.number,
      pull_request: await renderPullRequest(world, repository, issue),
      label: rendered,
    }));
    return;
  }
  await world.announce('issues', audience, () => ({
    action,
    issue: renderIssue(world, repository, issue),
    label: rendered,
  }));
}
