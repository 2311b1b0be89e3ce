import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { compileExpression } from '../../src/policy/expression.ts';
import { loadPack } from '../../src/policy/parse-policy.ts';
import { type PolicyExample, policyFileJsonSchema } from '../../src/policy/policy-file.ts';
import { variablesOf } from '../../src/policy/subject.ts';
import { testPolicy } from '../../src/policy/test-policy.ts';
import { registry } from '../../src/provider/registry.ts';
import { policyCataloguePage } from '../generate/policy-catalogue.ts';
import { packs } from '../generate/policy-packs.ts';
import { outsideTemplates, standards } from '../generate/policy-standards.ts';
import { provedPoliciesText } from '../generate/proved-policies.ts';
import { matchMutantsOf } from './match-mutants.ts';
import { mutantsOf } from './mutants.ts';
import { shippedFiles, shippedPacks } from './shipped-files.ts';
import { strangeNames } from './strange-names.ts';

const folder = new URL('../../policies/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
// Read in full, whatever was proved of them before.
const { policies, diagnostics } = loadPack(shippedFiles, {});

test('every policy that is shipped can be read', () => {
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  expect(policies).toHaveLength(shippedFiles.length);
});

test('what is taken as proved is what the files say', () => {
  const proved = readFileSync(new URL('../../src/policy/proved.generated.json', import.meta.url), 'utf8');
  expect(proved === provedPoliciesText(), 'run npm run generate').toBe(true);
  const loaded = loadPack(shippedFiles);
  expect(loaded.diagnostics).toEqual([]);
  expect(JSON.stringify(loaded.policies)).toBe(JSON.stringify(policies));
});

test('editors get the schema that the files are checked with', () => {
  const written: unknown = JSON.parse(read('policy.schema.json'));
  expect(written, 'run npm run generate').toEqual(JSON.parse(JSON.stringify(policyFileJsonSchema())));
  const validate = new Ajv2020({ strict: false }).compile(policyFileJsonSchema());
  for (const { path, text } of shippedFiles) expect(validate(parse(text)), path).toBe(true);
  expect(validate({ ...parse(shippedFiles[0]!.text), severty: 'high' })).toBe(false);
});

test('the catalogue is as npm run generate makes it', () => {
  expect(read('CATALOGUE.md')).toBe(policyCataloguePage(policies));
});

test('the packs are those that the catalogue describes', () => {
  const known = packs.map(({ name }) => name).sort();
  expect(shippedPacks).toEqual(known);
  expect([...new Set(policies.flatMap((policy) => policy.packs))].sort()).toEqual(known);
});

test.each(standards.flatMap(({ prefix, all }) => (all ? [[prefix, all] as const] : [])))(
  'each control of %s is checked by a policy, or cannot be checked in a template',
  (prefix, all) => {
    const checked = policies
      .flatMap((policy) => policy.controls)
      .filter((control) => control.startsWith(`${prefix} `))
      .map((control) => control.slice(prefix.length + 1));
    const outside = outsideTemplates[prefix]!.flatMap(({ controls }) => controls);
    expect([...new Set([...checked, ...outside])].sort()).toEqual([...all].sort());
    expect(outside.filter((control) => checked.includes(control))).toEqual([]);
  },
);

test('no two policies deny the same of the same', () => {
  const keys = policies.map(({ match, foreach, deny }) =>
    JSON.stringify([match, foreach?.paths, deny.source.replaceAll(/\s+/g, ' ')]),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

describe.each(policies.map((policy) => [policy.id, policy] as const))('%s', (id, policy) => {
  const { path, text, pack } = shippedFiles.find((file) => file.path === policy.file)!;

  test('is in the file of its name', () => {
    expect(path).toBe(`policies/${pack}/${id}.yaml`);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../policy.schema.json');
  });

  test('names controls as their standards do, and is in the packs of those', () => {
    expect(new Set(policy.controls).size).toBe(policy.controls.length);
    for (const control of policy.controls) {
      const standard = standards.find(({ prefix }) => control.startsWith(`${prefix} `));
      expect(standard, control).toBeDefined();
      expect(control.slice(standard!.prefix.length + 1)).toMatch(standard!.control);
      if (standard!.pack) expect(policy.packs, control).toContain(standard!.pack);
    }
    for (const { pack } of standards) {
      if (!pack || !policy.packs.includes(pack)) continue;
      const own = standards.filter((standard) => standard.pack === pack);
      const says = policy.controls.some((one) => own.some(({ prefix }) => one.startsWith(`${prefix} `)));
      expect(says, `a control of ${pack}`).toBe(true);
    }
  });

  test('names types and properties that there are', () => {
    const patterns = policy.match.types.filter((type) => !type.includes('*'));
    expect(patterns.filter((type) => !Object.hasOwn(registry, type))).toEqual([]);
    expect(strangeNames(policy)).toEqual([]);
  });

  test('keeps its own examples', () => {
    expect(testPolicy(policy).filter((result) => !result.ok)).toEqual([]);
  });

  test('lets nothing pass whose value is known only after apply, unless it asks just whether it is there', () => {
    const { property, foreach, deny } = policy;
    if (property === undefined || deny.source.includes(`!has(after.${property})`)) return;
    const names = property.split('.');
    const passed = policy.examples.fail.filter((example) => {
      const properties = foreach
        ? unknownWherever(example.properties, names.at(-1)!)
        : unknownAt(example.properties, names);
      const examples = {
        pass: [{ ...example, properties: properties as PolicyExample['properties'] }],
        fail: [],
      };
      return testPolicy({ ...policy, examples })[0]!.ok;
    });
    expect(passed).toEqual([]);
  });

  test('has examples that notice each change of its expression', () => {
    const names = variablesOf(Object.keys(policy.parameters), policy.foreach);
    const unnoticed = mutantsOf(policy.deny.source).filter((mutant) => {
      const { expression, problems } = compileExpression(mutant, names);
      // Not being CEL any more would be noticed too, but says nothing about the examples.
      expect(problems, mutant).toEqual([]);
      return testPolicy({ ...policy, deny: expression! }).every((result) => result.ok);
    });
    expect(unnoticed).toEqual([]);
  });

  test('has examples that notice each change of what it looks at', () => {
    const unnoticed = matchMutantsOf(policy).filter((mutant) =>
      testPolicy(mutant.policy).every((result) => result.ok),
    );
    expect(unnoticed.map(({ change }) => change)).toEqual([]);
  });
});

const unknown = { $slipway: 'unknown' };
type Json = PolicyExample['properties'][string];

function unknownAt(value: Json | undefined, [name, ...rest]: readonly string[]): Json {
  if (name === undefined) return unknown;
  const holder = value as PolicyExample['properties'] | undefined;
  return { ...holder, [name]: unknownAt(holder?.[name], rest) };
}

function unknownWherever(value: Json, name: string): Json {
  if (Array.isArray(value)) return value.map((item) => unknownWherever(item, name));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, key === name ? unknown : unknownWherever(item, name)]),
  );
}
