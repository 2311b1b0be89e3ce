/** A stack that runs in a cloud held in memory, where a test changes things behind Slipway's back. */
import { expect } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import type { Properties } from '../../src/base/value.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import { defineResourceType, type Live } from '../../src/provider/provider.ts';
import { createMasker } from '../../src/secret/masker.ts';
import type { Environment } from '../../src/settings/settings.ts';
import { createAudit } from '../../src/state/audit.ts';
import { createComplianceRecords } from '../../src/state/compliance.ts';
import { createPullRequests } from '../../src/state/pull-requests.ts';
import type { TypeSchema } from '../../src/template/type-schema.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import type { ComplianceWorkflow } from '../../src/workflow/compliance.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import type { StackSource } from '../../src/workflow/plan-stack.ts';
import { openMemoryDatabase } from '../db/databases.ts';
import { policyOf } from '../policy/policy-text.ts';

export const file = 'infra/doors.yaml';
export const stack = `acme/shop:${file}@prod`;

/** No door has a rule for everybody. */
export const noRuleForAll: Policy = doorPolicy({
  id: 'no-rule-for-all',
  title: 'Doors are for somebody',
  severity: 'high',
  foreach: 'Rules[*]',
  deny: "each == 'all'",
  message: '${{ resource.logicalId }} lets everybody in',
});

/** A policy about doors that is wrong only in what is changed here. */
export function doorPolicy(changes: Readonly<Record<string, unknown>>): Policy {
  const example = (properties: object) => [{ type: 'Acme::Door', properties }];
  return policyOf({
    match: { types: ['Acme::Door'] },
    deny: 'after.Height > 3',
    message: 'The door is too high',
    examples: { pass: example({}), fail: example({ Height: 9, Rules: ['all'] }) },
    ...changes,
  });
}

export interface RunningWorld {
  readonly workflow: ComplianceWorkflow;
  /** What is there, by name. */
  readonly doors: Map<string, Properties>;
  /** The policies in force from now on. */
  enforce(...policies: Policy[]): void;
  /** Sets the clock: a day of November 2026, and an hour. */
  at(day: number, hour?: number): void;
  /** Applies the template, whatever stands against it. */
  apply(text: string, more?: Partial<StackSource>): Promise<StackSource>;
  close(): Promise<void>;
}

/** One for a file of tests: a database takes longer to begin than they do. */
export async function openRunningWorld(): Promise<RunningWorld> {
  const database = await openMemoryDatabase();
  const doors = new Map<string, Properties>();
  const masker = createMasker();
  let policies: readonly Policy[] = [];
  let now = new Date();
  const opened = await openWorkflow({
    database,
    masker,
    log: createLog({ level: 'silent', mask: masker.mask }),
    policies: [],
    defaultRegion: 'eu-west-1',
    types: [{ type: doorType(doors), schema }],
  });
  const sts = { getCallerIdentity: async () => ({ Account: '111111111111' }) };
  const aws = { sts: async () => sts, stopWaiting() {}, destroy() {}, calls: new Map() };
  const workflow: ComplianceWorkflow = {
    ...opened,
    policies: () => policies,
    clock: { ...opened.clock, now: () => now },
    openAws: () => aws as unknown as Aws,
    githubUrl: 'https://github.com',
    pullRequests: createPullRequests(database, () => now),
    audit: createAudit(database, systemClock),
    compliance: createComplianceRecords(database),
  };
  return {
    workflow,
    doors,
    enforce(...wanted) {
      policies = wanted;
    },
    at(day, hour = 9) {
      now = new Date(Date.UTC(2026, 10, day, hour));
    },
    async apply(text, more = {}) {
      const source: StackSource = { stack, environment, file, text, packs: [], ...more };
      const { status, planned } = await applyStack(
        { ...workflow, policies: () => [], clock: opened.clock },
        { source, cause: {}, permit: () => true },
      );
      expect(planned.diagnostics).toEqual([]);
      expect(status).toBe('succeeded');
      return source;
    },
    close: () => database.close(),
  };
}

const environment: Environment = { name: 'prod', after: [], approvals: [] };

const schema: TypeSchema = {
  type: 'Acme::Door',
  properties: {
    Name: { type: 'string', replaces: 'always' },
    Height: { type: 'integer' },
    Code: { type: 'string' },
    Rules: { type: 'list', items: { type: 'string' } },
  },
  required: ['Name'],
  attributes: [],
  createOnly: ['Name'],
  conditionalCreateOnly: [],
};

function doorType(doors: Map<string, Properties>) {
  const live = (name: string): Live => ({ physicalId: name, properties: doors.get(name)!, attributes: {} });
  const put = async (properties: Properties) => {
    const name = String(properties.Name);
    doors.set(name, properties);
    return live(name);
  };
  return defineResourceType({
    type: 'Acme::Door',
    attributes: [],
    adoption: { id: 'its name', tags: async () => ({}) },
    order: () => 'create-before-delete',
    canonicalise: (properties) => properties,
    read: async (_context, wanted) =>
      new Map(
        wanted.filter((w) => doors.has(w.physicalId)).map((w) => [w.logicalId, live(w.physicalId)] as const),
      ),
    find: async () => undefined,
    create: (_context, { properties }) => put(properties),
    update: (_context, { after }) => put(after),
    async delete(_context, { physicalId }) {
      doors.delete(physicalId);
    },
  });
}
