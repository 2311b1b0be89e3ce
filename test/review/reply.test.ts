import { expect, test } from 'vitest';
import { parseCommand, type Verb, verbs } from '../../src/approval/command.ts';
import { type Reply, renderReply } from '../../src/review/reply.ts';
import { moved } from './plans.ts';
import { says, stackOf } from './situations.ts';

const plan = moved();
const rejected =
  stackOf(plan, {}, { statements: [says('author', plan), says('reviewer', plan, { digests: {} })] }).decision
    ?.rejected ?? [];

function unknown(body: string): Reply {
  const command = parseCommand(body);
  if (command?.kind !== 'unknown') throw new Error('it is a command');
  return { kind: 'unknown-command', command };
}

test.each<readonly [string, Reply, string]>([
  [
    'an approval that does not count',
    { kind: 'not-counted', what: 'approval', rejected: rejected.slice(0, 1) },
    'This approval does not count: `@author` opened the pull request, and somebody else has to approve it.',
  ],
  [
    'for several reasons',
    { kind: 'not-counted', what: 'approval', rejected },
    'This approval does not count:\n\n- `@author` opened the pull request, and somebody else has to approve it\n- `@reviewer` approved before this plan was shown',
  ],
  [
    'a wrong command',
    unknown('/slipway aprove prod'),
    '`/slipway aprove prod` is not a command. Did you mean `/slipway approve prod`? `/slipway help` shows what you may do.',
  ],
  [
    'a command like no other',
    unknown('/slipway xyzzy'),
    '`/slipway xyzzy` is not a command. `/slipway help` shows what you may do.',
  ],
  [
    'an environment that is not there',
    { kind: 'unknown-environment', name: 'prdo', environments: ['dev', 'prod'] },
    'There is no environment `prdo`. Did you mean `prod`?',
  ],
  [
    'an environment like no other',
    { kind: 'unknown-environment', name: 'x', environments: ['dev', 'prod'] },
    'There is no environment `x`. There are `dev` and `prod`.',
  ],
  [
    'somebody without the right',
    { kind: 'forbidden', login: 'guest', operators: ['@acme/infra'] },
    '`@guest` may not give commands here. Those who may: `@acme/infra`.',
  ],
  [
    'the same where no operators are named',
    { kind: 'forbidden', login: 'guest', operators: [] },
    '`@guest` may not give commands here. Those who may: people with write permission.',
  ],
  [
    'what is not done',
    { kind: 'refused', reason: 'the last apply did not fail, so there is nothing to retry.' },
    'Not done: the last apply did not fail, so there is nothing to retry.',
  ],
])('%s', (_, reply, expected) => {
  expect(renderReply(reply)).toBe(expected);
});

test('help shows what this person may do, with environments where there are several', () => {
  const may = { kind: 'help', login: 'reviewer', verbs: ['approve', 'help'], policies: [] } as const;
  const help = renderReply({ ...may, environments: ['dev', 'prod'] });
  expect(help).toContain('What `@reviewer` may do here now:');
  expect(help.match(/^\| `[^`]+`/gm)).toEqual(['| `/slipway approve [environment]`', '| `/slipway help`']);
  expect(help).toContain('Environments: `dev`, `prod`.');
  expect(renderReply({ ...may, environments: ['dev'] })).not.toContain('[environment]');
});

test('help has words for every verb, and names the policies that may be overridden', () => {
  const all = Object.keys(verbs) as Verb[];
  const help = renderReply({
    kind: 'help',
    login: 'operator',
    verbs: all,
    environments: ['dev'],
    policies: ['no-public-ssh'],
  });
  for (const verb of all) expect(help).toContain(`| \`/slipway ${verb}`);
  expect(help).toMatch(/^\| `\/slipway override <policy> <reason>` \| .*: `no-public-ssh` \|$/m);
});
