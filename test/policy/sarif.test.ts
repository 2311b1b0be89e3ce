import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/policy/finding.ts';
import { sarifLog } from '../../src/policy/sarif.ts';
import { openSsh } from '../review/plans.ts';
import { policyOf } from './policy-text.ts';

// What SARIF 2.1.0 demands of the objects that are written here (sections 3.13 to 3.58); a key of ours that it does
// not know is an error too. The whole schema comes with no package that is here.
const text = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 }, markdown: { type: 'string' } },
  additionalProperties: false,
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const bag = {
  type: 'object',
  properties: { tags: { type: 'array', items: { type: 'string' }, uniqueItems: true } },
};
const physicalLocation = {
  type: 'object',
  required: ['artifactLocation'],
  properties: {
    artifactLocation: {
      type: 'object',
      properties: { uri: { type: 'string', pattern: '^[\\w/.~%-]+$' }, uriBaseId: { type: 'string' } },
      additionalProperties: false,
    },
    region: {
      type: 'object',
      required: ['startLine'],
      properties: Object.fromEntries(
        ['startLine', 'startColumn', 'endLine', 'endColumn'].map((name) => [
          name,
          { type: 'integer', minimum: 1 },
        ]),
      ),
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};
const location = {
  type: 'object',
  properties: {
    physicalLocation,
    logicalLocations: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          fullyQualifiedName: { type: 'string' },
          kind: { type: 'string' },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};
const rule = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string' },
    shortDescription: text,
    fullDescription: text,
    help: text,
    defaultConfiguration: { type: 'object', properties: { level }, additionalProperties: false },
    properties: bag,
  },
  additionalProperties: false,
};
const result = {
  type: 'object',
  required: ['message'],
  properties: {
    ruleId: { type: 'string' },
    ruleIndex: { type: 'integer', minimum: 0 },
    kind: { enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
    level,
    message: text,
    locations: { type: 'array', items: location },
    suppressions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kind'],
        properties: { kind: { enum: ['inSource', 'external'] }, justification: { type: 'string' } },
        additionalProperties: false,
      },
    },
    partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
    properties: bag,
  },
  additionalProperties: false,
};
const notification = {
  type: 'object',
  required: ['message'],
  properties: {
    descriptor: { type: 'object' },
    level,
    message: text,
    locations: { type: 'array', items: location },
  },
  additionalProperties: false,
};
const run = {
  type: 'object',
  required: ['tool'],
  properties: {
    tool: {
      type: 'object',
      required: ['driver'],
      properties: {
        driver: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string' },
            semanticVersion: { type: 'string' },
            rules: { type: 'array', items: rule },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    invocations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['executionSuccessful'],
        properties: {
          executionSuccessful: { type: 'boolean' },
          toolExecutionNotifications: { type: 'array', items: notification },
        },
        additionalProperties: false,
      },
    },
    results: { type: 'array', items: result },
  },
  additionalProperties: false,
};
const validate = new Ajv2020({ strict: false }).compile({
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: { type: 'array', items: run },
  },
  additionalProperties: false,
});

const policies = [policyOf({ id: 'first', severity: 'critical', controls: ['FSBP EC2.19'] }), policyOf()];
const found: Finding = {
  ...openSsh,
  policy: 'small-disks',
  severity: 'medium',
  path: 'Rules[1].Port',
  where: { file: 'infra/a b#.yaml', line: 14, column: 7, endLine: 14, endColumn: 20 },
};

// biome-ignore lint/suspicious/noExplicitAny: a log is JSON, and the tests say what is in it
function logOf(findings: Finding[], diagnostics: Parameters<typeof sarifLog>[0]['diagnostics'] = []): any {
  const log = JSON.parse(JSON.stringify(sarifLog({ policies, findings, diagnostics, version: '1.2.3' })));
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  return log.runs[0];
}

describe('SARIF', () => {
  test('has every policy in force as a rule, with its severity and controls', () => {
    const { tool, results, invocations } = logOf([]);
    expect(tool.driver.rules.map((one: { id: string }) => one.id)).toEqual(['first', 'small-disks']);
    expect(tool.driver.rules[0]).toMatchObject({
      shortDescription: { text: 'Disks are small' },
      help: { text: 'Ask for less.' },
      defaultConfiguration: { level: 'error' },
      properties: { 'security-severity': '9.5', tags: expect.arrayContaining(['FSBP EC2.19']) },
    });
    expect([results, invocations]).toEqual([[], [{ executionSuccessful: true }]]);
  });

  test('points at the line and column of the very property, under a path that is a URI', () => {
    const [one] = logOf([found]).results;
    expect(one).toMatchObject({ ruleId: 'small-disks', ruleIndex: 1, kind: 'fail', level: 'warning' });
    expect(one.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'infra/a%20b%23.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 14, startColumn: 7, endLine: 14, endColumn: 20 },
        },
        logicalLocations: [
          { name: found.logicalId, fullyQualifiedName: `${found.logicalId}.Rules[1].Port`, kind: 'resource' },
        ],
      },
    ]);
  });

  test('knows a finding again when lines above it come or go, and tells two elements apart', () => {
    const moved = { ...found, where: { ...found.where!, line: 99 } };
    const other = { ...found, path: 'Rules[2].Port' };
    const prints = logOf([found, moved, other]).results.map(
      (one: { partialFingerprints: Record<string, string> }) => one.partialFingerprints['slipwayFinding/v1'],
    );
    expect(prints[1]).toBe(prints[0]);
    expect(prints[2]).not.toBe(prints[0]);
  });

  test('makes no link of what a template holds, and shows what cannot be seen', () => {
    const message = 'Port [see here](https://evil.example) \u202e22';
    const [one] = logOf([{ ...found, message }]).results;
    expect(one.message.text).toBe(`Port [see here] (https://evil.example) ⟨U+202E⟩22\n${found.remedy}`);
  });

  test('has what an exception lets through as suppressed', () => {
    const allowed = { until: '2026-12-31', reason: 'until the bastion is there', by: '@acme/security' };
    const [one] = logOf([{ ...found, enforcement: 'advisory', allowed }]).results;
    expect(one.suppressions).toEqual([
      { kind: 'external', justification: '@acme/security: until the bastion is there' },
    ]);
  });

  test('has what is decided at apply as open, and what could not be read as a failure of the scan', () => {
    const { results, invocations } = logOf(
      [{ ...found, undecided: true }],
      [
        {
          severity: 'error',
          code: 'template-syntax',
          summary: 'No YAML',
          where: { file: 'a.yaml', line: 1, column: 1 },
        },
      ],
    );
    expect(results[0]).toMatchObject({ kind: 'open', level: 'none' });
    expect(invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: 'error', message: { text: 'No YAML' } }],
      },
    ]);
  });
});
