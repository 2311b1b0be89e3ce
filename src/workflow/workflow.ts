/**
 * workflow/ holds one file a use case: plan a pull request, decide its gate, apply a merge. It puts the pure
 * folders and the outside together; the edges (github/, cli/, jobs/) only call it. What a comment can do, the
 * command line and the library can do, because all three come through here.
 */
import type { Clock } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { NewId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Aws } from '../provider/aws/aws.ts';
import type { OpenAwsOptions } from '../provider/aws/open-aws.ts';
import type { ResourceType } from '../provider/provider.ts';
import type { Directory } from '../provider/slipway/access/directory.ts';
import type { Scanners } from '../scanner/scanners.ts';
import type { Masker } from '../secret/masker.ts';
import type { Vaults } from '../secret/vault/configuration.ts';
import type { Audit } from '../state/audit.ts';
import type { CodeScanning } from '../state/code-scanning.ts';
import type { PullRequests } from '../state/pull-requests.ts';
import type { State } from '../state/state.ts';
import type { VaultSessions } from '../state/vault-sessions.ts';
import type { TypeSchemas } from '../template/type-schema.ts';
import type { AccountTurns } from './account-turns.ts';

type TargetToOpen = Pick<
  OpenAwsOptions,
  'region' | 'credentials' | 'role' | 'externalId' | 'sessionName' | 'sessionTags' | 'onCall'
>;

/** Everything of the outside that the use cases need, opened once by the edge. */
export interface Workflow {
  readonly state: State;
  readonly types: Readonly<Record<string, ResourceType>>;
  readonly schemas: TypeSchemas;
  /**
   * Those that are in force now. Throws `policy-invalid` where those that are configured cannot be read: nothing is
   * judged by fewer.
   */
  readonly policies: () => readonly Policy[];
  /** Other people's tools that look at templates and plans; undefined where nobody said which there are. */
  readonly scanners?: Scanners | undefined;
  /** Opens clients for a region, as `role` where one is named. */
  readonly openAws: (target: TargetToOpen) => Aws;
  /** What environments may name; undefined where there is none. */
  readonly vaults?: Vaults | undefined;
  /** What plans and runs have leased from them. */
  readonly vaultSessions?: VaultSessions;
  /** The people around a repository, by the name under which it is kept; undefined where there is no GitHub. */
  readonly directory?: (repository: string) => Directory | undefined;
  /** The installation's key for secrets' fingerprints. */
  readonly fingerprintKey: string;
  /** Shares an AWS account out among stacks; undefined where all go at once. */
  readonly turns?: AccountTurns;
  /** Used by environments that name no region. */
  readonly defaultRegion: string | undefined;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly masker: Masker;
  /** Told of each plan that was made and each apply that ended, and how many seconds it took. */
  readonly onTimed?: (what: 'plan' | 'apply', outcome: string, seconds: number) => void;
  /** Told of each plan that there is not, and of each resource that failed, by the code of why. */
  readonly onFailed?: (code: string) => void;
  /** Who holds the locks: this process, for people to read: `host:pid`. */
  readonly holder: string;
}

/** What the use cases around pull requests need besides. */
export interface PullRequestWorkflow extends Workflow {
  readonly pullRequests: PullRequests;
  readonly audit: Audit;
  /** That the policies in force are not those of today, where they are not: told with every plan. */
  readonly policyNotices?: () => readonly Diagnostic[];
  /** What GitHub's code scanning was told; where it is not kept, it is told nothing. */
  readonly codeScanning?: CodeScanning;
  /** `https://github.com`, or the address of the GitHub Enterprise server; for links. */
  readonly githubUrl: string;
}
