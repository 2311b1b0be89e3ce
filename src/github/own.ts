import type { RepositoryAccess } from './open-repository.ts';

/** Other bots may begin a text as Slipway does; what they wrote is theirs to change under a reader's eyes. */
export function isOwn(
  { appId }: RepositoryAccess,
  text: { readonly performed_via_github_app?: { readonly id: number } | null | undefined },
): boolean {
  return text.performed_via_github_app?.id === appId;
}
