import type { IssueText } from '../workflow/repository.ts';
import { createOnce, unrepeated } from './create-once.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { isOwn } from './own.ts';
import { unlessGone } from './unless-gone.ts';

/** Edits the issue, or opens one; see `Repository.keepIssue`. One that was deleted is opened anew. */
export async function keepIssue(
  access: RepositoryAccess,
  number: number | undefined,
  marker: string,
  { title, body, state }: IssueText,
): Promise<number | undefined> {
  const { octokit, owner, repo, mask } = access;
  const text = { title: mask(title), body: mask(body) };
  const edit = (issue_number: number) =>
    octokit.rest.issues.update({
      owner,
      repo,
      issue_number,
      ...text,
      ...(state === undefined ? {} : { state }),
    });
  if (number !== undefined && (await unlessGone(edit(number)))) return number;
  const known = await findIssue(access, marker);
  if (known !== undefined) {
    await edit(known);
    return known;
  }
  if (state === 'closed') return undefined;
  return createOnce(
    async () => (await octokit.rest.issues.create({ owner, repo, ...text, ...unrepeated })).data.number,
    () => findIssue(access, marker),
  );
}

/** The open issue of ours whose body begins with the marker. */
export async function findIssue(access: RepositoryAccess, marker: string): Promise<number | undefined> {
  const { octokit, owner, repo } = access;
  const pages = octokit.paginate.iterator(octokit.rest.issues.listForRepo, {
    owner,
    repo,
    state: 'open',
    per_page: 100,
  });
  for await (const { data } of pages) {
    const own = data.find((i) => isOwn(access, i) && i.body?.startsWith(marker));
    if (own) return own.number;
  }
  return undefined;
}
