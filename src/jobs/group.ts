/**
 * Whom a job counts for when places are shared out, in pg-boss's words: a repository is its group, the installation
 * the group's tier. A payload that names neither counts for Slipway itself.
 */
export function groupOf(payload: unknown): { group?: { id: string; tier?: string } } {
  const { owner, repo, installation } = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const tier = installation === undefined ? {} : { tier: String(installation) };
  if (typeof owner === 'string' && typeof repo === 'string')
    return { group: { id: `${owner}/${repo}`.toLowerCase(), ...tier } };
  return installation === undefined ? {} : { group: { id: `installation ${installation}`, ...tier } };
}
