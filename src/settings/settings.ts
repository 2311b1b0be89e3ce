/**
 * settings/ reads `.github/slipway.yml`, the repository's settings: which templates, which environments, who
 * approves. In: text of the base branch. Out: `Settings` and diagnostics. The schema here is the only one: the
 * type, the JSON Schema and the reference in the README are made from it.
 */
import type { ApprovalRule } from '../approval/approval.ts';

export interface Environment {
  readonly name: string;
  readonly region: string;
  /** Twelve digits; undefined means whatever account the credentials are for. */
  readonly account?: string;
  /** The IAM role that is assumed; undefined means the credentials as they are. */
  readonly role?: string;
  /** Environments that must have been applied first on a merge. */
  readonly after: readonly string[];
  readonly approvals: readonly ApprovalRule[];
}

export interface Settings {
  readonly templates: readonly string[];
  readonly environments: readonly Environment[];
  /** `@user` or `@org/team`: who may command at all. Empty: anyone with write permission. */
  readonly operators: readonly string[];
  readonly policies: readonly string[];
}
