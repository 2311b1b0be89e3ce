import { describe, expect, test } from 'vitest';
import { settingsFile } from '../../src/settings/settings.ts';
import { compareOwners } from '../../src/workflow/compare-owners.ts';
import { settingsOf } from '../../src/workflow/read-settings.ts';

const asking = 'environments: { dev: { approvals: [{ from: [codeowners] }] } }\n';
const alive = [
  { environment: 'dev', file: 'infra/a.yaml' },
  { environment: 'prod', file: 'infra/a.yaml' },
  { environment: 'dev', file: 'infra/b.yaml' },
];

function compare(before: string, after: string, settings = asking) {
  const read = (owners: string) =>
    settingsOf(
      new Map([
        [settingsFile, settings],
        ['CODEOWNERS', owners],
      ]),
    ).settings!;
  return compareOwners(read(before), read(after), alive);
}

describe('other owners', () => {
  test('of a template that is in use are named, each template once', () => {
    expect(compare('infra/a.yaml @acme/infra', 'infra/* @author @acme/web')).toEqual([
      'infra/a.yaml is owned by @author and @acme/web instead of @acme/infra.',
      'infra/b.yaml is owned by @author and @acme/web instead of nobody.',
    ]);
  });

  test('of nothing that is in use are told of in general: what comes there is theirs', () => {
    expect(compare('a @x', 'a @x\ninfra/new.yaml @author')).toEqual([
      'CODEOWNERS changes, and no template that is in use gets other owners.',
    ]);
  });

  test('are not told of where only comments and spaces differ, or nobody asks for owners', () => {
    expect(compare('infra/* @x', '# who owns what\n\ninfra/*   @x\n')).toEqual([]);
    expect(compare('infra/* @x', 'infra/* @y', 'templates: ["infra/*"]\n')).toEqual([]);
  });
});
