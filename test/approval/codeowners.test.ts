import { describe, expect, test } from 'vitest';
import { parseCodeOwners, readCodeOwners } from '../../src/approval/codeowners.ts';

const ownersOf = (text: string, path: string) => parseCodeOwners(text, 'CODEOWNERS').ownersOf(path);

describe('which paths a pattern is about', () => {
  test.each([
    // GitHub's own examples, in other words.
    ['*', 'a/b/c.txt', true],
    ['*.yaml', 'infra/shop.yaml', true],
    ['*.yaml', 'shop.yml', false],
    ['/build/logs/', 'build/logs/today/1.log', true],
    ['/build/logs/', 'deep/build/logs/1.log', false],
    ['docs/*', 'docs/start.md', true],
    ['docs/*', 'docs/more/start.md', false],
    ['docs/*', 'deep/docs/start.md', false],
    ['apps/', 'apps/x', true],
    ['apps/', 'deep/apps/y/x', true],
    ['apps/', 'apps', false],
    ['/docs/', 'docs/more/x', true],
    ['/docs/', 'deep/docs/x', false],
    ['**/logs', 'build/logs/1.log', true],
    ['**/logs', 'a/b/logs/c/d', true],
    ['**/logs', 'logs', true],
    ['/apps/github', 'apps/github', true],
    ['/apps/github', 'apps/github/deep/x', true],
    ['/apps/github', 'apps/githubber', false],
    ['infra/shop.yaml', 'infra/shop.yaml', true],
    ['infra/shop.yaml', 'more/infra/shop.yaml', false],
    ['shop.yaml', 'more/infra/shop.yaml', true],
    ['infra/*.yaml', 'infra/shop.yaml', true],
    ['infra/*.yaml', 'infra/more/shop.yaml', false],
    ['infra/**/*.yaml', 'infra/shop.yaml', true],
    ['infra/**/*.yaml', 'infra/a/b/shop.yaml', true],
    ['infra/**', 'infra/a/b', true],
    ['infra/**', 'infra', false],
    ['**', 'a/b', true],
    ['/', 'a', false],
    ['/*', 'a', true],
    ['/*', 'a/b', false],
    ['/infra/', 'Infra/shop.yaml', false],
    ['SHOP.yaml', 'shop.yaml', false],
    ['sh?p.yaml', 'shop.yaml', true],
    ['sh?p.yaml', 'sh/p.yaml', false],
    ['my\\ file', 'my file', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['s*p*.y*', 'shop.yaml', true],
    ['a.b', 'axb', false],
    ['(a|b)+', 'a', false],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(ownersOf(`${pattern} @owner`, path)).toEqual(expected ? ['@owner'] : []);
  });

  test('a pattern that would keep a regular expression busy for years is done at once', () => {
    const segment = `${'*a'.repeat(2_000)}b`;
    expect(ownersOf(`* x@${'.'.repeat(100_000)}@ @owner`, 'a')).toEqual([]);
    const path = Array.from({ length: 200 }, () => 'a'.repeat(50)).join('/');
    const started = performance.now();
    expect(ownersOf(`${segment} @owner`, path)).toEqual([]);
    expect(ownersOf(`${'**/a*/'.repeat(300)}b @owner`, path)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('who owns a file', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['the last line that matches', '* @a\n/infra/ @acme/web @b\n', ['@acme/web', '@b']],
    ['even where an earlier one says more', '/infra/shop.yaml @a\n* @b\n', ['@b']],
    ['nobody, where the last one names nobody', '* @a\n/infra/\n', []],
    ['nobody, where none matches', '/docs/ @a\n', []],
    ['whatever the ends of lines', '* @a\r\n/infra/ @b\r\n', ['@b']],
    ['without what a comment says', '/infra/ @a # and @b\n# * @c\n', ['@a']],
    ['with tabs and spaces before and between', '\t /infra/ \t @a   @b', ['@a', '@b']],
    ['without an address, which is nobody', '* @a\n/infra/ b@example.com\n', []],
    ['without a line that is none', '* @a\n!/infra/ @b\n/inf[r]a/ @c\n/infra/ d\n', ['@a']],
  ])('%s', (_, text, expected) => {
    expect(ownersOf(text, 'infra/shop.yaml')).toEqual(expected);
  });

  test('is in the first file of three', () => {
    const files = new Map([
      ['docs/CODEOWNERS', '* @docs'],
      ['CODEOWNERS', '* @top'],
    ]);
    expect(readCodeOwners(files).ownersOf('x')).toEqual(['@top']);
    expect(readCodeOwners(files.set('.github/CODEOWNERS', '/y @hidden')).ownersOf('x')).toEqual([]);
    expect(readCodeOwners(new Map()).ownersOf('x')).toEqual([]);
  });
});

describe('what is skipped is told', () => {
  test.each([
    ['an exclusion', '!/infra/ @a', 'This line is skipped: !/infra/ excludes paths, which CODEOWNERS cannot'],
    [
      'a set of characters',
      '/inf[r]a/ @a',
      'This line is skipped: /inf[r]a/ has brackets, which CODEOWNERS does not know',
    ],
    [
      'a section as others have them',
      '[Web] @a',
      'This line is skipped: [Web] has brackets, which CODEOWNERS does not know',
    ],
    ['three asterisks', 'a/***/b @a', 'This line is skipped: a/***/b has three asterisks in a row'],
    [
      'an escaped #',
      '\\#a @a',
      'This line is skipped: \\#a begins with an escaped #, which CODEOWNERS does not know',
    ],
    [
      'a name without @',
      '/infra/ web',
      'This line is skipped: web is no owner such as @user or @organisation/team',
    ],
    [
      'a word of the settings',
      '/infra/ write',
      'This line is skipped: write is no owner such as @user or @organisation/team',
    ],
    [
      'an address',
      '/infra/ a@example.com',
      'Whose e-mail address a@example.com is cannot be known, so it stands for nobody',
    ],
  ])('%s', (_, line, summary) => {
    const { problems } = parseCodeOwners(`# who\n${line}\n* @b\n`, '.github/CODEOWNERS');
    const where = { file: '.github/CODEOWNERS', line: 2, column: 1 };
    expect(problems).toMatchObject([{ severity: 'warning', code: 'codeowners-invalid', summary, where }]);
  });

  test('twenty times at most', () => {
    expect(parseCodeOwners('!x @a\n'.repeat(100), 'CODEOWNERS').problems).toHaveLength(20);
  });

  test.each([
    ['a file that is too large', `* @a\n${' '.repeat(1024 * 1024)}`],
    ['a file that is no text', '* @a\n\0'],
  ])('%s owns nothing to anybody', (_, text) => {
    const { ownersOf, problems } = parseCodeOwners(text, 'CODEOWNERS');
    expect(ownersOf('x')).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});
