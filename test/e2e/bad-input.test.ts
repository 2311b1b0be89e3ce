import { describe, expect, test } from 'vitest';
import { drawn } from '../seeded.ts';
import {
  conclusions,
  createTestRepository,
  type Files,
  isConcluded,
  isGreen,
  owner,
  type PullRequest,
  settings,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

/** The template with one line of it put another way. */
function withLine(old: string, instead: string): string {
  const text = subnets(1);
  if (!text.includes(old)) throw new Error(`there is no ${old} in the template`);
  return text.replace(old, instead);
}

function lineOf(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1;
}

function aliasBomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => {
    const items = Array.from({ length: 10 }, () => (i === 0 ? 'lol' : `*a${i - 1}`)).join(', ');
    return `  a${i}: &a${i} [${items}]`;
  });
  return `Metadata:\n${levels.join('\n')}\n${network()}`;
}

/** What is wrong, and what has to be said of it: where, and in which words. */
const badTemplates: readonly {
  readonly what: string;
  readonly text: string;
  readonly at: string;
  readonly says: RegExp;
}[] = [
  {
    what: 'bad YAML',
    text: withLine('      VpcId: !Ref Vpc', '      VpcId: [!Ref Vpc'),
    // Where reading stopped: on the line before, the list could still have been closed.
    at: '      CidrBlock: 10.1.0.0/24',
    says: /bracket/i,
  },
  {
    what: 'an unknown type',
    text: withLine('AWS::EC2::Subnet', 'AWS::EC2::Subnett'),
    at: 'AWS::EC2::Subnett',
    says: /AWS::EC2::Subnett.*did you mean.*AWS::EC2::Subnet/is,
  },
  {
    what: 'an unknown property',
    text: withLine('      CidrBlock: 10.1.0.0/24', '      CidrBlok: 10.1.0.0/24'),
    at: 'CidrBlok',
    says: /CidrBlok.*did you mean.*CidrBlock/is,
  },
  {
    what: 'a wrong type of value',
    text: withLine('      CidrBlock: 10.1.0.0/24', '      CidrBlock: [10.1.0.0/24]'),
    at: '[10.1.0.0/24]',
    says: /CidrBlock/,
  },
  {
    what: 'a dangling Ref',
    text: withLine('      VpcId: !Ref Vpc', '      VpcId: !Ref Vpcc'),
    at: '!Ref Vpcc',
    says: /Vpcc.*did you mean.*Vpc/is,
  },
  {
    what: 'a circle',
    text: withLine('    Type: AWS::EC2::VPC', '    Type: AWS::EC2::VPC\n    DependsOn: Subnet0'),
    at: 'VpcId: !Ref Vpc',
    says: /circle/,
  },
  {
    what: 'an unsupported construct',
    text: `Transform: AWS::Serverless-2016-10-31\n${network()}`,
    at: 'Transform',
    says: /AWS::Serverless-2016-10-31.*not supported/s,
  },
  {
    what: 'a duplicate key',
    text: withLine(
      '      CidrBlock: 10.1.0.0/24',
      '      CidrBlock: 10.1.0.0/24\n      CidrBlock: 10.1.1.0/24',
    ),
    at: '10.1.1.0/24',
    says: /'CidrBlock' is already on line 12/,
  },
  { what: 'an alias bomb', text: aliasBomb(), at: 'a3:', says: /alias/i },
  {
    what: '5 MB of text',
    text: `${network()}# ${'x'.repeat(5 * 1024 * 1024)}\n`,
    at: 'Resources:',
    says: /larger than 1048576 bytes/,
  },
];

await describeWithShop('bad input', (world) => {
  /** Said where people look, on the right line, with nothing left pending and nothing done. */
  const proposeBad = async (name: string, files: Files, more: Readonly<Record<string, string>> = {}) => {
    const repository = await createTestRepository(world, name, more);
    const pull = await repository.propose(files);
    const seen = await pull.planned();
    return { repository, pull, seen };
  };

  describe.concurrent('in a template', () => {
    test.for(drawn('BAD_INPUT', badTemplates, 5))(
      '$what: the check is red and the line is annotated',
      async ({ what, text, at, says }) => {
        const { repository, pull, seen } = await proposeBad(what.replaceAll(' ', '-'), { [template]: text });
        expect(conclusions(seen)).toBe('plan failure, policy failure, approval failure');
        expect(seen.comment).toMatch(says);
        expect(seen.comment).toContain('Fix the errors below and push.');
        const { annotations } = seen.checks['slipway/plan']!;
        const [first] = annotations;
        expect(first).toMatchObject({ path: template, level: 'failure' });
        expect(annotations.map((a) => a.startLine)).toContain(lineOf(text, at));
        expect(`${first?.title} ${first?.message}`).toMatch(says);
        expect(await world.cloud(repository.stack)).toEqual([]);
        await expect(pull.merge()).rejects.toThrow(/required status check/i);
        // Merged all the same, nothing of it is applied.
        await pull.merge('operator');
        await pull.until('a word about it', (s) => s.comment.includes('Nothing was applied.'));
        expect(await world.cloud(repository.stack)).toEqual([]);
        expect(repository.deployments()).toEqual([]);
      },
    );

    test('every mistake is told at once, not only the first', async () => {
      const text = subnets(2).replace('10.1.0.0/24', '[1]').replace('AWS::EC2::VPC', 'AWS::EC2::Vpc');
      const { seen } = await proposeBad('several', { [template]: text });
      const lines = seen.checks['slipway/plan']!.annotations.map((a) => a.startLine);
      expect(lines).toEqual([lineOf(text, 'AWS::EC2::Vpc'), lineOf(text, '[1]')]);
    });

    test('a mistake that is mended turns the checks round and leaves the one comment', async () => {
      const { pull } = await proposeBad('mended', { [template]: 'Resources: [' });
      await pull.push({ [template]: network() });
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe('plan success, policy success, approval action_required');
      expect(seen.planComments).toBe(1);
    });
  });

  describe.concurrent('in the settings and in what a push does with templates', () => {
    test('an unknown key in the settings of the base branch is named with its line, and mended there', async () => {
      const text = settings.replace('operators:', 'operator:');
      const { repository, pull, seen } = await proposeBad(
        'settings',
        { [template]: network() },
        { '.github/slipway.yml': text },
      );
      expect(conclusions(seen)).toBe('plan failure, policy failure, approval failure');
      expect(seen.comment).toMatch(/operator.*did you mean.*operators/is);
      expect(seen.checks['slipway/plan']!.annotations[0]).toMatchObject({
        path: '.github/slipway.yml',
        startLine: lineOf(text, 'operator:'),
      });
      await repository.push('main', { '.github/slipway.yml': settings }, { as: 'operator' });
      await pull.push({ 'README.md': '# Again\n' });
      expect(conclusions(await pull.planned())).toBe(
        'plan success, policy success, approval action_required',
      );
    });

    test('a settings file beside a template is refused: it could be its own gate', async () => {
      const loose = settings.replace('"@acme/infra"]\n        count: 1', '"@author"]\n        count: 1');
      const { seen } = await proposeBad('loose', { [template]: network(), '.github/slipway.yml': loose });
      expect(seen.comment).toContain('changes the settings and templates at once');
    });

    test('a template that is added and deleted in the same push is none', async () => {
      const repository = await createTestRepository(world, 'added-and-deleted');
      await repository.push('change', { [template]: network() });
      await repository.push('change', { [template]: undefined, 'README.md': '# Shop\n' });
      const { data } = await repository
        .as('author')
        .rest.pulls.create({ owner, repo: repository.name, title: 'Nothing', head: 'change', base: 'main' });
      const seen = await repository.follow(data.number).planned();
      expect(isGreen(seen)).toBe(true);
      expect(seen.comments).toEqual([]);
    });

    test('a template that is changed and then deleted in the same push is planned as a deletion', async () => {
      const repository = await createTestRepository(world, 'deleted');
      await (await repository.propose({ [template]: network() })).land();
      await repository.push('change', { [template]: subnets(1) });
      await repository.push('change', { [template]: undefined });
      const { data } = await repository
        .as('author')
        .rest.pulls.create({ owner, repo: repository.name, title: 'Gone', head: 'change', base: 'main' });
      const pull = repository.follow(data.number, 'change');
      const seen = await pull.planned();
      expect(seen.comment).toContain('`+0 ~0 ±0 -1`');
      expect(seen.comment).toContain('[!CAUTION]');
      await pull.land();
      expect(await world.cloud(repository.stack)).toEqual([]);
    });

    test('a template of a living stack that is renamed to where none is looked for is refused, also when it is merged', async () => {
      const repository = await createTestRepository(world, 'renamed');
      await (await repository.propose({ [template]: network() })).land();
      const pull = await repository.propose({ [template]: undefined, 'elsewhere/web.yaml': network() });
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe('plan failure, policy failure, approval failure');
      expect(seen.comment).toContain('infra/shop.yaml was renamed to elsewhere/web.yaml');
      expect(seen.checks['slipway/plan']!.annotations[0]).toMatchObject({
        path: 'elsewhere/web.yaml',
        startLine: 1,
      });
      await pull.merge('operator');
      await pull.until('a word about it', (s) => s.comment.includes('Nothing was applied.'));
      expect(await world.cloud(repository.stack)).toHaveLength(1);
      expect(await world.cloud(`${repository.fullName}:elsewhere/web.yaml@dev`)).toEqual([]);
    });

    test('a template that was never applied may be renamed', async () => {
      const repository = await createTestRepository(world, 'renamed-early', { [template]: network() });
      const pull = await repository.propose({ [template]: undefined, 'infra/web.yaml': network() });
      expect(conclusions(await pull.planned())).toBe(
        'plan success, policy success, approval action_required',
      );
    });
  });

  // One after the other: what is slow is slow for all.
  describe('while Slipway is planning', () => {
    const slowly = async (work: () => Promise<PullRequest>) => {
      const takeAway = world.proxy.rules.add({
        match: { action: 'GetCallerIdentity', nth: 1 },
        fault: { kind: 'delay', ms: 6_000 },
      });
      const before = world.proxy.count('GetCallerIdentity');
      const pull = await work();
      await pull.until('planning to begin', () => world.proxy.count('GetCallerIdentity') > before);
      takeAway();
      return pull;
    };

    test('a force-push: only the new commit is shown, and all its checks are concluded', async () => {
      const repository = await createTestRepository(world, 'force-push');
      const pull = await slowly(() => repository.propose({ [template]: network() }));
      const old = pull.look().headSha;
      await pull.push({ [template]: network('10.7.0.0/16') }, { force: true });
      const seen = await pull.planned();
      expect(seen.headSha).not.toBe(old);
      expect(seen.comment).toContain('10.7.0.0/16');
      expect(seen.comment).not.toContain('10.1.0.0/16');
      expect(repository.checksOn(old)).toEqual([]);
    });

    test('a close: nothing is said and nothing is pending; reopened, it is planned', async () => {
      const repository = await createTestRepository(world, 'close');
      const pull = await slowly(() => repository.propose({ [template]: network() }));
      await pull.close();
      await pull.until(
        'planning to end',
        () => repository.calls().filter((c) => c.endsWith('{pull_number}')).length >= 2,
      );
      expect(pull.look()).toMatchObject({ comments: [], checks: {} });
      await repository.as('author').rest.pulls.update({ ...repository.at(pull.number), state: 'open' });
      expect(conclusions(await pull.planned())).toBe(
        'plan success, policy success, approval action_required',
      );
    });

    test('a close and a reopening at once: it is planned', async () => {
      const repository = await createTestRepository(world, 'reopen');
      const pull = await slowly(() => repository.propose({ [template]: network() }));
      await pull.close();
      await repository.as('author').rest.pulls.update({ ...repository.at(pull.number), state: 'open' });
      expect(isConcluded(await pull.planned())).toBe(true);
    });
  });
});
