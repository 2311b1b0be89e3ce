import type { Plan } from '../../src/plan/plan.ts';
import type { JournalEntry, ResourceRecord, RunRecord, StackRecord } from '../../src/state/state.ts';

/** Records as apply/ writes them; a test changes what it is about. */

export const shop = 'acme/shop:infra/shop.yaml@dev';

export function stackRecord(changes: Partial<StackRecord> = {}): StackRecord {
  return {
    id: shop,
    environment: 'dev',
    account: '111111111111',
    region: 'eu-west-1',
    file: 'infra/shop.yaml',
    status: 'applied',
    outputs: {},
    updatedAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  };
}

export function resourceRecord(changes: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    stack: shop,
    logicalId: 'Vpc',
    generation: 'current',
    type: 'AWS::EC2::VPC',
    physicalId: 'vpc-1',
    properties: { CidrBlock: '10.0.0.0/16', Tags: [{ Key: 'Name', Value: 'shop' }], Weight: 1.5, Empty: [] },
    attributes: { VpcId: 'vpc-1' },
    dependsOn: ['Role', 'Alpha'],
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Retain',
    ...changes,
  };
}

const plan: Plan = {
  format: 1,
  stack: shop,
  environment: 'dev',
  account: '111111111111',
  region: 'eu-west-1',
  file: 'infra/shop.yaml',
  changes: [],
  deposed: [],
  outputs: [],
  digest: 'd1ge57',
};

export function runRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 'run-1',
    stack: shop,
    kind: 'apply',
    status: 'running',
    plan,
    cause: { pullRequest: 7, login: 'author' },
    startedAt: '2026-01-02T03:04:05.678Z',
    ...changes,
  };
}

export function begun(
  changes: Partial<JournalEntry> = {},
): Omit<JournalEntry, 'status' | 'endedAt' | 'error'> {
  return {
    run: 'run-1',
    logicalId: 'Vpc',
    operation: 'create',
    intent: 'intent-1',
    beganAt: '2026-01-02T03:04:06.000Z',
    ...changes,
  };
}
