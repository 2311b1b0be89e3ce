import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import { scanTemplate } from '../../src/workflow/scan-template.ts';
import { corpus } from '../corpus/corpus.ts';
import { packs } from '../generate/policy-packs.ts';

const policies = await readPolicies();

async function scanned(file: string, text: string, parameters: object, names: readonly string[]) {
  const { findings, diagnostics } = await scanTemplate(
    { policies: () => policies, clock: systemClock, schemas: typeSchemas },
    {
      stack: `acme/shop:${file}@prod`,
      environment: { name: 'prod', region: 'eu-west-1', account: '111111111111', after: [], approvals: [] },
      file,
      text,
      parameters: { file: 'parameters.yaml', text: JSON.stringify(parameters) },
      packs: names,
    },
  );
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map(formatDiagnostic)).toEqual([]);
  return findings;
}

describe('no policy fails on what real templates hold', () => {
  const all = packs.map(({ name }) => name);
  test.each([...corpus.values()].map((template) => [template.name, template] as const))(
    '%s',
    async (_, template) => {
      const findings = await scanned(template.file, template.first.text, template.first.parameters, all);
      const failed = findings.filter(({ code }) => code !== undefined);
      expect(failed.map(({ policy, logicalId, message }) => `${policy} ${logicalId}: ${message}`)).toEqual(
        [],
      );
    },
  );
});

describe('the default pack says what it has to of the templates of the demo, and nothing else', () => {
  const line = 'SecurityGroupIngress[1].CidrIp';
  test.each([
    ['1-first.yaml', [['no-public-remote-access', 'ServerSecurityGroup', line]]],
    ['2-fixed.yaml', []],
    ['3-moved.yaml', []],
  ])('%s', async (name, expected) => {
    const text = readFileSync(new URL(`../../src/sandbox/demo/shop/${name}`, import.meta.url), 'utf8');
    const findings = await scanned(name, text, {}, ['default']);
    expect(findings.map(({ policy, logicalId, path }) => [policy, logicalId, path])).toEqual(expected);
  });
});
