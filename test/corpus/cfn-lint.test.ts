/**
 * What `cfn-lint` says of the corpus, and of the corpus with faults put in, beside what Slipway says: no error of ours
 * where it has none, and one of ours on the line of its own for every kind of fault of `mutations`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { seededRandom } from '../../src/sandbox/fault-proxy/random.ts';
import { checkTemplate } from '../../src/template/validate.ts';
import { type CfnLint, findCfnLint, type LintMatch } from '../cfn-lint.ts';
import checkedIn from '../generate/constraints.generated.json' with { type: 'json' };
import { readConstraints } from '../generate/read-constraints.ts';
import { sample, seedOf } from '../seeded.ts';
import { additions, unseen } from './additions.ts';
import { corpus } from './corpus.ts';
import { type MutationName, mutated, mutations } from './mutations.ts';

/** How many templates get each kind of fault. */
const each = process.env.CORPUS === 'all' ? 30 : 4;

/** Where the two need not agree on the line to the letter. */
const apart: Partial<Record<MutationName, (lint: number, ours: number) => boolean>> = {
  // It names the resources of the circle, and Slipway the reference that closes it.
  'a circle': () => true,
  // It stands at the key of the mapping that lacks something, and Slipway at the mapping, a line below. Where none is
  // left it stands at the empty `Properties`, and Slipway at the resource, two lines above.
  'a required property missing': (lint, ours) => [0, 1, -2].includes(ours - lint),
  // It stands at the first of the two, or at the mapping.
  'properties that exclude one another': () => true,
  // In a long Fn::Join it stands at the function, and Slipway at the reference, some lines below.
  'a reference to nothing': (lint, ours) => ours >= lint && ours <= lint + 10,
  // It stands at either.
  'a logical id twice': () => true,
};

const folder = await mkdtemp(join(tmpdir(), 'slipway-cfn-lint-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const lint = await findCfnLint();
if (lint.kind === 'missing') {
  if (process.env.SLIPWAY_REQUIRE_SERVICES === '1') throw new Error(`cfn-lint: ${lint.reason}`);
  describe.skip('beside cfn-lint', () => test(`skipped: ${lint.reason}`));
} else await compare(lint);

async function compare(found: CfnLint): Promise<void> {
  const seed = seedOf('MUTATIONS');
  const faulty = faultyTemplates(seed);
  const sound = [...corpus.values()].flatMap(({ file, first, second }) => [
    { file: `first-${file}`, text: first.text },
    // Often an edit is of the parameters only.
    ...(second.text === first.text ? [] : [{ file: `second-${file}`, text: second.text }]),
  ]);
  const added = addedTemplates(seed);
  const files = [...faulty, ...added, ...sound];
  for (const { file, text } of files) await writeFile(join(folder, file), text);
  const matches = await found.lint(files.map(({ file }) => join(folder, file)));
  const errorsIn = new Map<string, LintMatch[]>(files.map(({ file }) => [file, []]));
  for (const match of matches) {
    if (match.rule.startsWith('E')) errorsIn.get(basename(match.file))?.push(match);
  }

  test.each(sound)('$file is right to both', ({ file, text }) => {
    expect(errorsIn.get(file)!.map(said)).toEqual([]);
    expect(ours(text, file).map(said)).toEqual([]);
  });

  describe(`faults, of the seed ${seed}`, () => {
    test.each(Object.keys(mutations) as MutationName[])('%s', (name) => {
      const own = faulty.filter((one) => one.name === name);
      expect(own.length).toBeGreaterThan(0);
      expect(own.flatMap(({ file, text }) => disagreement(name, file, text))).toEqual([]);
    });
  });

  test.each(added)('added: $name', ({ name, file, text, lastLine }) => {
    const theirs = errorsIn.get(file)!.map(({ line }) => line);
    if (!(unseen as readonly string[]).includes(name)) expect(theirs).toContain(lastLine);
    const own = ours(text, file);
    expect(own.map(({ line }) => line)).toContain(lastLine);
    // What is added is all that is wrong with it.
    expect(own.filter(({ line }) => line !== lastLine).map(said)).toEqual([]);
  });

  function disagreement(name: MutationName, file: string, text: string): string[] {
    const [theirs, own] = [errorsIn.get(file)!, ours(text, file)];
    if (theirs.length === 0) return own.map((one) => `${file}: only Slipway: ${said(one)}`);
    const isSame = apart[name] ?? ((lintLine: number, line: number) => lintLine === line);
    if (theirs.some((match) => own.some(({ line }) => isSame(match.line, line)))) return [];
    return theirs.map((one) => `${file}: cfn-lint: ${said(one)}; Slipway: ${own.map(said).join('; ')}`);
  }

  test('the constraints in the generator are those of this cfn-lint', async () => {
    const types = Object.keys(registry).filter((type) => type.startsWith('AWS::'));
    expect(await readConstraints(types)).toEqual(checkedIn);
  });
}

/**
 * Each kind of fault in some templates. Loops are left out: cfn-lint's lines in them are those of the last round; and
 * an `UpdatePolicy`, in which it looks at no reference.
 */
function faultyTemplates(seed: number) {
  const random = seededRandom(seed);
  const plain = [...corpus.values()].filter(
    ({ file, first }) => file.endsWith('.yaml') && !/LanguageExtensions|UpdatePolicy/.test(first.text),
  );
  return (Object.keys(mutations) as MutationName[]).flatMap((name) => {
    const possible = plain.flatMap((template) => {
      const text = mutated(template.first.text, name, random);
      const file = `${name.replaceAll(' ', '-')}-${template.file}`;
      return text === undefined ? [] : [{ name, file, text }];
    });
    return sample(possible, each, Math.floor(random() * 1e9));
  });
}

/** Each fault that is added, in one template. */
function addedTemplates(seed: number) {
  const random = seededRandom(seed);
  const plain = [...corpus.values()].filter(
    ({ file, first }) => file.endsWith('.yaml') && !first.text.includes('LanguageExtensions'),
  );
  return Object.entries(additions).map(([name, resources], index) => {
    const { file, first } = plain[Math.floor(random() * plain.length)]!;
    const before = first.text.slice(0, first.text.search(/^Resources:$/m)).split('\n').length;
    const text = first.text.replace(/^Resources:$/m, () => `Resources:\n${resources}`);
    return { name, file: `added-${index}-${file}`, text, lastLine: before + resources.split('\n').length };
  });
}

/** What Slipway does otherwise than CloudFormation is nothing to compare. */
function ours(text: string, file: string) {
  return checkTemplate(text, file, typeSchemas)
    .diagnostics.filter(({ code, severity }) => code !== 'template-unsupported' || severity === 'error')
    .map(({ code, summary, where }) => ({ rule: code, message: summary, line: where?.line ?? 0 }));
}

function said({ line, rule, message }: Omit<LintMatch, 'file'>): string {
  return `${line} ${rule} ${message}`;
}
