import { describe, expect, test } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import { publishedKeys } from '../provider/slipway/access/published-keys.ts';
import {
  createTestRepository,
  isApplied,
  isConcluded,
  isGreen,
  repliesOf,
  type Seen,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

const approvalOf = (seen: Seen) => seen.checks['slipway/approval'];
const settingsFile = '.github/slipway.yml';
const approvedBy = (rules: string) => settings.replace(/approvals:\n.*\n.*\n/, `approvals: ${rules}\n`);

await describeWithShop('who approves', (world) => {
  const { github } = world.shop;
  const proposed = async (name: string, rules: string, files: Readonly<Record<string, string>> = {}) => {
    const repository = await createTestRepository(world, name, {
      [settingsFile]: approvedBy(rules),
      ...files,
    });
    const pull = await repository.propose({ [template]: network() });
    return { repository, pull, seen: await pull.planned() };
  };
  const approved = async (name: string, rules: string, files?: Readonly<Record<string, string>>) => {
    const { repository, pull } = await proposed(name, rules, files);
    await pull.approve();
    await pull.until('three green checks', isGreen);
    return { repository, pull };
  };

  describe.concurrent('by the rules', () => {
    test('a member of a team below the one that is named counts, and is named as one who could', async () => {
      await github.createTeam('acme', 'platform', []);
      await github.createTeam('acme', 'network', ['author', 'reviewer'], { parent: 'platform' });
      const { pull, seen } = await proposed('nested', '[{ from: ["@acme/platform"] }]');
      expect(seen.comment).toContain('An approval by 1 of `@acme/platform` (`@reviewer`)');
      await pull.approve();
      const green = await pull.until('three green checks', isGreen);
      expect(approvalOf(green)?.title).toBe('Approved by @reviewer');
    });

    test('a team of which only the author is left cannot approve, and the comment says so', async () => {
      await github.createTeam('acme', 'alone', ['author']);
      const { seen } = await proposed('alone', '[{ from: ["@acme/alone"] }]');
      expect(seen.comment).toContain('1 of `@acme/alone` (nobody is left who may');
    });

    test('an owner of the template counts, whom the base branch names and nobody else', async () => {
      const { pull, seen } = await proposed('owned', '[{ from: [codeowners] }]', {
        '.github/CODEOWNERS': '* @operator\n/infra/ @reviewer # last match wins\n!/infra/ @author\n',
        CODEOWNERS: '* @author\n',
      });
      expect(seen.comment).toContain('This line is skipped: !/infra/ excludes paths');
      expect(approvalOf(seen)?.title).toBe('Waiting for @reviewer');
      expect(seen.comment).toContain('An approval by `@reviewer`: the comment');
      await pull.approve('operator');
      const refused = await pull.until('a reply', (s) => repliesOf(s).length > 0);
      expect(repliesOf(refused)[0]).toContain(
        'is not among those who may approve dev: the code owners (`@reviewer`)',
      );
      await pull.approve();
      await pull.until('three green checks', isGreen);
    });

    test('whom a template lets in is looked up and approved: another key by the merge asks again', async () => {
      const [first, second] = [publishedKeys.ed25519.key, publishedKeys['ecdsa 256'].key];
      await github.createTeam('acme', 'let-in', ['operator']);
      github.setPublishedKeys('operator', [first]);
      const repository = await createTestRepository(world, 'let-in');
      const pull = await repository.propose({
        [template]: `Resources:
  Operators:
    Type: Slipway::Access::Operators
    Properties: { Teams: ['@acme/let-in'] }
Outputs:
  Keys: { Value: !Join ["\\n", !GetAtt Operators.AuthorizedKeys] }
`,
      });
      expect((await pull.planned()).comment).toContain(`${first} operator`);
      await pull.approve();
      await pull.until('three green checks', isGreen);
      github.setPublishedKeys('operator', [second]);
      await pull.merge();
      const seen = await pull.until('a word about it', (s) => s.comment.includes('Out of date'));
      expect(seen.comment).toContain(`${second} operator`);
      await pull.approve();
      const { comment } = await pull.until('the comment to say Applied', isApplied);
      expect(comment).toContain(`${second} operator`);
    });

    test('what nobody owns is approved by nobody', async () => {
      const { seen } = await proposed('unowned', '[{ from: [codeowners] }]', {
        CODEOWNERS: '/docs/ @reviewer\n',
      });
      expect(approvalOf(seen)?.title).toContain('for whom CODEOWNERS names nobody');
    });

    test('owners and what they own are changed in two pull requests', async () => {
      const repository = await createTestRepository(world, 'own-owner', {
        [settingsFile]: approvedBy('[{ from: [codeowners] }]'),
        CODEOWNERS: '* @reviewer\n',
      });
      const pull = await repository.propose({ [template]: network(), '.github/CODEOWNERS': '* @stranger\n' });
      const seen = await pull.planned();
      expect(seen.checks['slipway/plan']?.conclusion).toBe('failure');
      expect(seen.comment).toContain('changes the settings and templates at once');
    });

    test('a label asks for one more, and taking it off asks no more', async () => {
      const rules = `[{ from: ["@reviewer"] }, { from: ["@operator"], when: "'risky' in labels" }]`;
      const { repository, pull } = await approved('labelled', rules);
      const { issues } = repository.as('author').rest;
      await issues.addLabels({ ...repository.at(pull.number), labels: ['risky'] });
      const asked = await pull.until('one more to be asked for', (s) => !isGreen(s) && isConcluded(s));
      expect(approvalOf(asked)?.title).toBe('Waiting for @operator');
      await issues.removeLabel({ ...repository.at(pull.number), name: 'risky' });
      await pull.until('three green checks', isGreen);
    });
  });

  describe.concurrent('an approval is kept', () => {
    test('by a rebase and by a merge of the base branch that leave the plan as it is', async () => {
      const { repository, pull } = await approved('kept', '[{ from: ["@acme/infra"] }]');
      await repository.push('main', { 'README.md': '# Meanwhile\n' }, { as: 'operator' });
      const rebased = await pull.push({ [template]: network() }, { force: true });
      await pull.until('the rebased commit', (s) => s.headSha === rebased && isGreen(s));
      await repository.push('main', { 'README.md': '# Later\n' }, { as: 'operator' });
      await repository.as('author').rest.pulls.updateBranch(repository.at(pull.number));
      const seen = await pull.until('the merged commit', (s) => s.headSha !== rebased && isGreen(s));
      expect(approvalOf(seen)?.title).toBe('Approved by @reviewer');
    });
  });

  describe.concurrent('an approval is dropped', () => {
    test('when its giver leaves the team: at the next decision, and the comment says why', async () => {
      await github.createTeam('acme', 'leaving', ['reviewer', 'operator']);
      const { pull } = await approved('leaves', '[{ from: ["@acme/leaving"] }]');
      await github.removeTeamMember('acme', 'leaving', 'reviewer');
      await pull.say('operator', '/slipway plan');
      const seen = await pull.until('the approval to be gone', (s) => !isGreen(s) && isConcluded(s));
      expect(seen.comment).toContain('`@reviewer` is not among those who may approve dev: `@acme/leaving`');
    });

    test('when its giver leaves the team before the merge: nothing is applied', async () => {
      await github.createTeam('acme', 'left', ['reviewer', 'operator']);
      const { repository, pull } = await approved('left', '[{ from: ["@acme/left"] }]');
      await github.removeTeamMember('acme', 'left', 'reviewer');
      await pull.merge();
      const seen = await pull.until('a word about it', (s) => s.comment.includes('It is merged'));
      expect(seen.comment).toContain('nothing is applied before that');
      expect(seen.comment).toContain('`@reviewer` is not among those who may approve');
      expect(await world.cloud(repository.stack)).toEqual([]);
    });

    test('when its giver may not write any more', async () => {
      const { repository, pull } = await approved('demoted', '[{ from: [write] }]');
      await github.addCollaborator(repository.fullName, 'reviewer', 'read');
      await pull.say('operator', '/slipway plan');
      const seen = await pull.until('the approval to be gone', (s) => !isGreen(s) && isConcluded(s));
      expect(seen.comment).toContain('`@reviewer` is not among those who may approve');
    });

    test('when its review is dismissed', async () => {
      const { repository, pull } = await proposed('dismissed', '[{ from: ["@acme/infra"] }]');
      await readThePlan();
      const { data } = await repository
        .as('reviewer')
        .rest.pulls.createReview({ ...repository.at(pull.number), event: 'APPROVE' });
      await pull.until('three green checks', isGreen);
      await repository.as('operator').rest.pulls.dismissReview({
        ...repository.at(pull.number),
        review_id: data.id,
        message: 'Look again.',
      });
      const seen = await pull.until('the approval to be gone', (s) => !isGreen(s) && isConcluded(s));
      expect(seen.comment).toContain('the review of `@reviewer` was dismissed');
    });
  });

  test('GitHub is called at most 12 times for an update, with three teams and two who approved', async () => {
    for (const slug of ['red', 'green', 'blue'])
      await github.createTeam('acme', slug, ['reviewer', 'operator']);
    const rules =
      '[{ from: ["@acme/red"] }, { from: ["@acme/green"], count: 2 }, { from: ["@acme/blue", codeowners] }]';
    const { repository, pull } = await proposed('many-teams', rules, { CODEOWNERS: '* @acme/infra\n' });
    await pull.approve();
    await pull.approve('operator');
    await pull.until('three green checks', isGreen);
    await pull.until('both thumbs', (s) => s.comments.filter((c) => c.reactions.includes('+1')).length === 2);
    github.requests.clear();
    await pull.push({ [template]: subnets(1) });
    await pull.until('the new plan', (s) => s.comment.includes('`+2 ~0 ±0 -0`') && isConcluded(s));
    // Up to the third check: a sweep may have it planned once more.
    const calls = repository.calls();
    const checks = calls.flatMap((call, at) => (call.endsWith('/check-runs') ? [at] : []));
    expect(checks[2], calls.join(', ')).toBeLessThan(12);
  });
});
