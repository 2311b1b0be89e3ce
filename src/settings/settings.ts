/**
 * settings/ reads `.github/slipway.yml`, the repository's settings: which templates, which environments, who
 * approves. In: text of the base branch. Out: `Settings` and diagnostics. The schema in schema.ts is the only one:
 * the types, the JSON Schema and the reference in the README are made from it.
 */
import { defaultRule } from '../approval/approval.ts';
import type { Prices } from '../plan/cost.ts';
import { defaultPolicies, defaultTemplates, type EnvironmentSettings } from './schema.ts';

/** Where the settings are, always read from the base branch. */
export const settingsFile = '.github/slipway.yml';

/**
 * A target. Without `region`: the App's own. Without `account`: the one that the credentials are for. Without
 * `role`: the credentials as they are. `after` names environments that are applied first.
 */
export type Environment = { readonly name: string } & Readonly<EnvironmentSettings>;

export interface Settings {
  readonly templates: readonly string[];
  /** In the order in which they are applied: whatever is in `after` comes before. */
  readonly environments: readonly Environment[];
  /** Who may command. Empty: anyone with write permission. `mayCommand` in approval/ answers. */
  readonly operators: readonly string[];
  readonly policies: readonly string[];
  /** Whether GitHub's code scanning is told of findings. */
  readonly 'code-scanning'?: boolean;
  /** Without them nobody can tell what a plan costs. */
  readonly prices?: Prices;
}

/** What holds where there is no settings file. */
export const defaultSettings: Settings = Object.freeze({
  templates: defaultTemplates,
  environments: [{ name: 'default', after: [], approvals: [{ from: [...defaultRule.from], count: 1 }] }],
  operators: [],
  policies: defaultPolicies,
});

/** The environment of that name, if the settings have it. */
export function findEnvironment(settings: Settings, name: string): Environment | undefined {
  return settings.environments.find((e) => e.name === name);
}
