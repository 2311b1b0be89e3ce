import type { Diagnostic } from '../base/diagnostic.ts';

/** Where an organisation keeps policies of its own, as the operator has it in the configuration. */
export interface PolicySource {
  readonly owner: string;
  readonly repo: string;
  /** A whole commit id, a branch or a tag; or one of these two by its full name, `refs/heads/main`. */
  readonly ref: string;
  /** In the repository, without slashes at its ends; empty for the whole of it. */
  readonly folder: string;
}

// Names as GitHub and git allow them: https://git-scm.com/docs/git-check-ref-format has no ':', no '..', no spaces.
const form =
  /^([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([\w.-]{1,100})@([^\s:~^?*[\\]{1,250})(?::([^\s:\\]{1,250}))?$/;

/** Reads `owner/name@ref` or `owner/name@ref:folder`; undefined where it is something else. */
export function parsePolicySource(text: string): PolicySource | undefined {
  const [, owner, repo, ref, folder = ''] = form.exec(text) ?? [];
  if (owner === undefined || repo === undefined || ref === undefined) return undefined;
  const names = folder.replace(/^\/+|\/+$/g, '');
  const parts = [...ref.split('/'), ...(names === '' ? [] : names.split('/'))];
  if (parts.some((part) => part === '' || part === '.' || part.includes('..'))) return undefined;
  return { owner, repo, ref, folder: names };
}

/** As the configuration has it: what is kept is kept under this name. */
export function sourceName({ owner, repo, ref, folder }: PolicySource): string {
  return `${owner}/${repo}@${ref}${folder === '' ? '' : `:${folder}`}`;
}

/** Whether it can never become something else. */
export function isPinned({ ref }: PolicySource): boolean {
  return /^[0-9a-f]{40}$/.test(ref);
}

/** Whether the repository is the one of the policies. */
export function isSourceOf(
  source: PolicySource | undefined,
  { owner, repo }: { readonly owner: string; readonly repo: string },
): boolean {
  return `${source?.owner}/${source?.repo}`.toLowerCase() === `${owner}/${repo}`.toLowerCase();
}

/** What is wrong in the files, for those who read it in another repository, where no link would lead to the line. */
export function fromElsewhere(
  source: PolicySource,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  return diagnostics.map(({ where, ...diagnostic }) => {
    const place = where ? ` ${where.file}:${where.line}:${where.column}` : '';
    return { ...diagnostic, summary: `${source.owner}/${source.repo}${place}: ${diagnostic.summary}` };
  });
}
