import { SlipwayError } from '../../../base/error.ts';
import type { ProviderContext } from '../../provider.ts';

/** Who people are, as GitHub has it now, around one repository. Logins and teams are in small letters. */
export interface Directory {
  /** Whether the person has been given access to the repository: that anybody may read it is not enough. */
  hasAccess(login: string): Promise<boolean>;
  /** Who is in `@acme/infra` or a team below it; undefined where the repository's owner has no such team. */
  members(team: string): Promise<readonly string[] | undefined>;
  /** The SSH keys that a person publishes, as `ssh-ed25519 AAAA...`. */
  keys(login: string): Promise<readonly string[]>;
}

/** @throws SlipwayError `people-unknown` where there is no GitHub */
export function directoryOf({ directory }: Pick<ProviderContext, 'directory'>): Directory {
  if (directory) return directory;
  throw new SlipwayError('people-unknown', {
    summary: 'A template names people, and only the GitHub App can ask who they are',
    remedy: 'Plan and apply this stack by a pull request, or command it there.',
  });
}
