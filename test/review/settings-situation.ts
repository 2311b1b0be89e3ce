/** A pull request that changes the settings, as the golden comments show it. */
import { decideSettings } from '../../src/approval/decide-settings.ts';
import type { SettingsReview } from '../../src/review/review.ts';
import { settingsFile } from '../../src/settings/settings.ts';
import { compareSettings } from '../../src/workflow/compare-settings.ts';
import { settingsOf } from '../../src/workflow/read-settings.ts';

const before = `
templates: ["stacks/*.yaml"]
environments:
  dev: { approvals: [{ from: ["@acme/infra"] }] }
  prod:
    after: [dev]
    approvals:
      - { from: ["@acme/infra"], count: 2 }
      - { from: ["@acme/security"], when: "findings.exists(f, f.severity == 'critical')" }
operators: ["@acme/infra"]
`;
const after = before
  .replace('count: 2', 'count: 1')
  .replace('operators: ["@acme/infra"]', 'operators: [write]')
  .replace('stacks/', 'infra/');

const read = (text: string) => settingsOf(new Map([[settingsFile, text]])).settings!;

/** What is shown of it while nobody has approved. */
export function proposedSettings(): SettingsReview {
  const [was, is] = [read(before), read(after)];
  const change = { digest: 'd'.repeat(64), after: 'a'.repeat(64), files: [settingsFile] };
  const decision = decideSettings({
    change,
    rules: was.environments.flatMap((e) => e.approvals),
    statements: [],
    people: [],
    members: { '@acme/infra': ['author', 'operator', 'reviewer'], '@acme/security': ['operator'] },
    author: 'author',
    committers: ['author'],
    ownersOf: () => [],
  });
  const lines = compareSettings(was, is, [{ environment: 'dev', file: 'stacks/web.yaml' }], '2030-01-01');
  return { lines, gate: { change, decision } };
}
