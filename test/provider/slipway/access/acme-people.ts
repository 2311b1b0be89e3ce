import { openDirectory } from '../../../../src/github/open-directory.ts';
import type { Octokit } from '../../../../src/github/open-repository.ts';
import type { Directory } from '../../../../src/provider/slipway/access/directory.ts';
import { type Acme, startAcme } from '../../../sandbox/github/acme.ts';
import { publishedKeys } from './published-keys.ts';

/**
 * The story's people at a GitHub: `reviewer` is in the team `infra`, `operator` in `network` below it, `author` may
 * write, and `stranger` has nothing to do with it. `author` and `reviewer` publish a key each.
 */
export async function startAcmePeople(): Promise<Acme & { readonly directory: () => Directory }> {
  const acme = await startAcme();
  const { github } = acme;
  await github.createTeam('acme', 'infra', ['reviewer']);
  await github.createTeam('acme', 'network', ['operator'], { parent: 'infra' });
  await github.createTeam('acme', 'nobody', []);
  github.setPublishedKeys('author', [publishedKeys.ed25519.key]);
  github.setPublishedKeys('reviewer', [publishedKeys['ecdsa 256'].key]);
  const octokit = acme.asApp() as unknown as Octokit;
  const place = { installation: acme.app.installationId, owner: 'acme', repo: 'shop' };
  return { ...acme, directory: () => openDirectory(async () => octokit, place) };
}
