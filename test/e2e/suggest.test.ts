import { describe, expect, test } from 'vitest';
import { isPullRequest } from '../../src/sandbox/github/model/pull-request.ts';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import { createTestRepository, isConcluded, type TestRepository, template } from './repository.ts';
import { describeWithShop } from './shop.ts';
import { server } from './templates.ts';

const weak = server().replace('HttpTokens: required', 'HttpTokens: optional');
const lineOf = (text: string, part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;

await describeWithShop('what mends a finding by one click', (world) => {
  const onLines = ({ fullName }: TestRepository, number: number) => {
    const issue = findRepository(world.shop.github.world, fullName)!.issues.get(number)!;
    if (!isPullRequest(issue)) throw new Error('no pull request');
    return issue.pull.reviews.flatMap((r) => r.comments.map((c) => ({ ...c, by: r.author.login })));
  };

  describe.concurrent('is suggested on its line', () => {
    test('once, and what is taken over meets the policy', async () => {
      const repository = await createTestRepository(world, 'suggested');
      const pull = await repository.propose({ [template]: weak });
      const { comment } = await pull.planned();
      expect(comment).toContain('imdsv2-required');
      await pull.until('the suggestion', () => onLines(repository, pull.number).length > 0);
      const calls = repository.calls();
      expect(
        calls.filter((call) => /^POST .*reviews$/.test(call)),
        calls.join('\n'),
      ).toHaveLength(1);
      const [made, ...others] = onLines(repository, pull.number);
      expect(others).toEqual([]);
      expect(made).toMatchObject({ path: template, line: lineOf(weak, 'HttpTokens'), by: 'slipway[bot]' });
      const [, line] = /```suggestion\n([^\n]*)\n```/.exec(made!.body)!;
      expect(line).toBe('      MetadataOptions: { HttpTokens: required }');

      // Another push, which moves the line, does not bring it again.
      const moved = `# A remark\n${weak}`;
      const sha = await pull.push({ [template]: moved });
      await pull.until('the push to be planned', (s) => s.headSha === sha && isConcluded(s));
      const taken = moved
        .split('\n')
        .with(lineOf(moved, 'HttpTokens') - 1, line!)
        .join('\n');
      const last = await pull.push({ [template]: taken });
      const seen = await pull.until('it to be planned', (s) => s.headSha === last && isConcluded(s));
      expect(seen.checks['slipway/policy']?.conclusion).toBe('success');
      expect(onLines(repository, pull.number)).toHaveLength(1);
    });

    test('not where the pull request does not show that line', async () => {
      const repository = await createTestRepository(world, 'not-shown', { [template]: weak });
      const last = 'ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
      const pull = await repository.propose({
        [template]: weak.replace(last, `${last}\n    Description: Its image`),
      });
      const { comment } = await pull.planned();
      expect(comment).toContain('imdsv2-required');
      expect(onLines(repository, pull.number)).toEqual([]);
    });
  });

  test('by one call more, after all else is shown, and by none where there is nothing new', async () => {
    const repository = await createTestRepository(world, 'suggested-cheaply');
    const pull = await repository.propose({ [template]: weak });
    await pull.until('the suggestion', () => onLines(repository, pull.number).length > 0);
    const calls = repository.calls();
    const at = calls.findIndex((call) => /^POST .*reviews$/.test(call));
    expect(calls.slice(0, at).filter((call) => call.endsWith('/check-runs'))).toHaveLength(3);
    const sha = await pull.push({ [template]: `# A remark\n${weak}` });
    await pull.until('the push to be planned', (s) => s.headSha === sha && isConcluded(s));
    expect(repository.calls().filter((call) => /^POST .*reviews$/.test(call))).toHaveLength(1);
  });
});
