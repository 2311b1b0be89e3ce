import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { loadPack, parsePolicy } from '../../src/policy/parse-policy.ts';
import { policyFileJsonSchema } from '../../src/policy/policy-file.ts';
import { testPolicy } from '../../src/policy/test-policy.ts';

const folder = new URL('../../policies/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const packs = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const files = packs.flatMap((pack) =>
  readdirSync(new URL(`${pack}/`, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ path: `policies/${pack}/${name}`, text: read(`${pack}/${name}`), pack })),
);
const pack = loadPack(files);

test('every policy that is shipped can be read', () => {
  expect(pack.diagnostics.map(formatDiagnostic)).toEqual([]);
  expect(pack.policies).toHaveLength(files.length);
});

test('editors get the schema that the files are checked with', () => {
  const written: unknown = JSON.parse(read('policy.schema.json'));
  expect(written, 'write policyFileJsonSchema() to policies/policy.schema.json').toEqual(
    JSON.parse(JSON.stringify(policyFileJsonSchema())),
  );
  const validate = new Ajv2020({ strict: false }).compile(policyFileJsonSchema());
  for (const { path, text } of files) expect(validate(parse(text)), path).toBe(true);
  expect(validate({ ...parse(files[0]!.text), severty: 'high' })).toBe(false);
});

test('the reference lists every policy with its severity and enforcement', () => {
  for (const { id, file, severity, enforcement } of pack.policies) {
    const path = file.replace('policies/', '');
    expect(read('README.md')).toContain(`| [\`${id}\`](${path}) | ${severity} | ${enforcement} |`);
  }
});

describe.each(pack.policies.map((policy) => [policy.id, policy] as const))('%s', (id, policy) => {
  const text = files.find((file) => file.path === policy.file)!.text;

  test('is in the file of its name, and says which controls it stands for', () => {
    expect(policy.file).toBe(`policies/${policy.packs[0]}/${id}.yaml`);
    expect(policy.controls).not.toEqual([]);
  });

  test('keeps its own examples', () => {
    expect(testPolicy(policy).filter((result) => !result.ok)).toEqual([]);
  });

  test.each(mutantsOf(policy.deny.source))('would be noticed to be wrong as: %s', (mutant) => {
    const mutated = parsePolicy(stringify({ ...parse(text), deny: mutant }), 'mutant.yaml');
    // Not being CEL any more would be noticed too, but says nothing about the examples.
    expect(mutated.diagnostics.map(formatDiagnostic)).toEqual([]);
    expect(testPolicy(mutated.policy!).some((result) => !result.ok)).toBe(true);
  });
});

/** The expression with one thing in it changed, for every such thing; and with nothing left of it. */
function mutantsOf(source: string): string[] {
  const changes: [RegExp, string][] = [
    [/&&/g, '||'],
    [/\|\|/g, '&&'],
    [/==/g, '!='],
    [/!=/g, '=='],
    [/<=/g, '<'],
    [/<=/g, '>='],
    [/!(?=[a-z(])/gi, ''],
    [/exists/g, 'all'],
    [/\b(8|16|22|3389|65535)\b(?!')/g, '7'],
    [/'(?=[\w-]+')/g, "'mutated "],
    [/> 0/g, '> 1'],
  ];
  const mutants = changes.flatMap(([pattern, replacement]) =>
    [...source.matchAll(pattern)].map(
      (match) => source.slice(0, match.index) + replacement + source.slice(match.index + match[0].length),
    ),
  );
  return ['false', 'true', ...mutants];
}
