import { describe, expect, test } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import { runSlipway } from '../cli/run-slipway.ts';
import { markingScanner } from './marking-scanner.ts';
import {
  createTestRepository,
  isApplied,
  isGreen,
  repliesOf,
  type Seen,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

const policy = 'required-tags-owner';
const untagged = (cidr?: string) => network(cidr).replace('Key: Owner', 'Key: Team');
const isBlocked = (seen: Seen) => seen.checks['slipway/policy']?.conclusion === 'failure';

const marks = await markingScanner();

await describeWithShop(
  'an override',
  (world) => {
    const proposed = async (name: string, text = untagged()) => {
      const overrides = `    overrides: [{ policies: [${policy}, marks/M1], from: ["@operator", "@author"] }]\noperators:`;
      const repository = await createTestRepository(world, name, {
        '.github/slipway.yml': settings.replace('operators:', overrides),
      });
      const pull = await repository.propose({ [template]: text });
      const seen = await pull.planned();
      return { repository, pull, seen };
    };
    const overridden = async (name: string) => {
      const { repository, pull } = await proposed(name);
      await pull.approve();
      await pull.until('a thumb', (s) => s.comments.some((c) => c.reactions.includes('+1')));
      const comment = await pull.say('operator', `/slipway override ${policy} the <b>tag</b> comes @later`);
      await pull.until('three green checks', isGreen);
      return { repository, pull, comment };
    };

    let lifted: Awaited<ReturnType<typeof proposed>>;
    test('by whom the settings name lets the plan be applied, and says who and why', async () => {
      lifted = await proposed('lifted');
      const { repository, pull, seen } = lifted;
      expect(isBlocked(seen)).toBe(true);
      expect(seen.comment).toContain(
        `Or \`@operator\` or \`@author\`: \`/slipway override ${policy} <reason>\`.`,
      );
      await pull.approve();
      await pull.say('operator', `/slipway override ${policy} the <b>tag</b> comes @later`);
      const green = await pull.until('three green checks', isGreen);
      const why = 'overridden by `@operator`: the &lt;b&gt;tag&lt;/b&gt; comes `@later`';
      expect(green.comment).toContain(why);
      expect(green.checks['slipway/policy']?.title).toBe('Nothing blocks; 1 policy overridden');
      expect(green.checks['slipway/policy']?.text).toContain(why);
      expect(green.checks['slipway/approval']?.text).toContain(`${policy} overridden by \`@operator\``);
      await pull.merge();
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toHaveLength(1);

      const audit = (...args: string[]) =>
        runSlipway('.', { DATABASE_URL: world.databaseUrl }, 'audit', ...args);
      expect((await audit('verify')).out).toMatch(
        /^Whole: \d+ entries\. Keep this for --expect: \d+:[0-9a-f]{64}$/m,
      );
      const entries = (await audit('export')).out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const [begun, ended] = entries.filter((e) => e.stack === repository.stack);
      expect(begun).toMatchObject({
        event: 'run-begun',
        cause: { pullRequest: pull.number, by: 'author' },
        approvals: [{ login: 'reviewer', kind: 'comment' }],
        overrides: [{ policy, by: 'operator', reason: 'the <b>tag</b> comes @later' }],
        session: { name: `pr-${pull.number}` },
      });
      expect(ended).toMatchObject({ event: 'run-ended', run: begun.run, status: 'succeeded' });
    });

    test('lifts nothing of what runs: a scan opens an issue, which is closed once the template is mended', async () => {
      const { repository, pull } = lifted;
      await pull.until('an issue', () => repository.issues().length > 0);
      const [issue] = repository.issues();
      expect(issue).toMatchObject({ state: 'open', title: 'Compliance: 1 finding in 1 stack (1 medium)' });
      expect(issue?.body).toMatch(
        new RegExp(`\\*\\*medium\\*\\*, not met.* · \`Vpc\` .*/blob/[0-9a-f]{40}/${template}#L6`),
      );
      expect(issue?.body).toContain(`\`${policy}\``);
      const mended = await repository.propose({ [template]: network() });
      await mended.land();
      await pull.until('it to be closed', () => repository.issues()[0]?.state === 'closed');
      expect(repository.issues()).toMatchObject([{ title: 'Compliance: nothing is left' }]);
    });

    test('lifts what a scanner found, which looks at a text once and at no line that is not touched', async () => {
      const text = network('10.3.0.0/16').replace('Type: AWS', '# marked\n    Type: AWS');
      const { repository, pull, seen } = await proposed('scanned', text);
      expect(seen.checks['slipway/policy']?.annotations).toMatchObject([{ path: template, startLine: 3 }]);
      expect(seen.comment).toContain('`/slipway override marks/M1 <reason>`');
      await pull.approve();
      await pull.say('operator', '/slipway override marks/M1 it is only a mark');
      await pull.until('three green checks', isGreen);
      await pull.merge();
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toHaveLength(1);
      expect(await marks.looks('10.3.0.0/16')).toBe(1);
      const next = await repository.propose({ [template]: text.replace('Outputs:', 'Outputs: # not') });
      const later = await next.planned();
      expect(later.comment).toContain('This plan does not touch it.');
      expect(isBlocked(later)).toBe(false);
    });

    test('dies with the plan that it was given for', async () => {
      const { pull } = await overridden('dropped');
      await pull.push({ [template]: untagged('10.2.0.0/16') });
      const seen = await pull.until('the new plan', (s) => s.comment.includes('10.2.0.0/16'));
      await pull.until('it to block', isBlocked);
      expect(seen.comment).toContain(`\`@operator\` overrode ${policy} for a plan that has changed since`);
    });

    test('is taken back when its comment is edited or deleted', async () => {
      const { repository, pull, comment } = await overridden('taken-back');
      const { issues } = repository.as('operator').rest;
      const at = { ...repository.at(pull.number), comment_id: comment };
      await issues.updateComment({ ...at, body: 'never mind' });
      const seen = await pull.until('it to block', isBlocked);
      expect(seen.comment).toContain('`@operator` edited the comment after writing it');
      await pull.say('operator', `/slipway override ${policy} once more`);
      await pull.until('three green checks', isGreen);
      const again = pull.look().comments.find((c) => c.body.endsWith('once more'))!;
      await issues.deleteComment({ ...at, comment_id: again.id });
      await pull.until('it to block again', isBlocked);
    });

    describe.concurrent('is refused', () => {
      test.for([
        [
          'author',
          `${policy} please`,
          `opened the pull request, and somebody else has to override ${policy}`,
        ],
        [
          'reviewer',
          `${policy} please`,
          `is not among those who may override ${policy} in dev: \`@operator\` or \`@author\``,
        ],
        ['operator', policy, 'an override names a policy and says why'],
        ['operator', '', 'an override names a policy and says why'],
        ['operator', 'required-tag-owner please', `Did you mean ${policy}?`],
        ['operator', 'no-public-ssh please', `Those that block are ${policy}.`],
        ['operator', `${policy} ${'x'.repeat(501)}`, 'the reason is longer than 500 characters'],
      ] as const)('of %s who says "%s"', async ([who, said, reply], { task }) => {
        const { pull } = await proposed(`refused-${task.id.replaceAll('_', '-')}`);
        await readThePlan();
        await pull.say(who, `/slipway override ${said}`);
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toContain(reply);
        expect(isBlocked(seen)).toBe(true);
      });

      test('of a mandatory policy', async () => {
        const open = network().replace(
          'Outputs:',
          `  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Everybody
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{ IpProtocol: "-1", CidrIp: 0.0.0.0/0 }]
      Tags: [{ Key: Owner, Value: shop-team }]
Outputs:`,
        );
        const { pull } = await proposed('mandatory', open);
        await readThePlan();
        await pull.say('operator', '/slipway override no-public-all-ports please');
        const seen = await pull.until('a reply', (s) => repliesOf(s).length > 0);
        expect(repliesOf(seen)[0]).toContain('no-public-all-ports is mandatory, and nobody can override it');
      });
    });
  },
  { environment: { SLIPWAY_SCANNERS: marks.file, SLIPWAY_COMPLIANCE_SECONDS: '4' } },
);
