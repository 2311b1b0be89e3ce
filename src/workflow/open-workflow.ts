import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Database } from '../db/database.ts';
import type { Policy } from '../policy/policy.ts';
import { openAws } from '../provider/aws/open-aws.ts';
import type { ResourceType } from '../provider/provider.ts';
import { withTypes } from '../provider/registry.ts';
import { typeSchemas } from '../provider/schemas.ts';
import type { Scanners } from '../scanner/scanners.ts';
import type { Masker } from '../secret/masker.ts';
import type { Vaults } from '../secret/vault/configuration.ts';
import { createState } from '../state/create-state.ts';
import { fingerprintKey } from '../state/fingerprint-key.ts';
import { createVaultSessions } from '../state/vault-sessions.ts';
import type { TypeSchema } from '../template/type-schema.ts';
import { accountTurns } from './account-turns.ts';
import { maskingErrors } from './masked-errors.ts';
import type { Workflow } from './workflow.ts';

/** A resource type of an operator's own: how it is made, and what templates may say of it. */
export interface OwnType {
  readonly type: ResourceType;
  readonly schema: TypeSchema;
}

export interface OpenWorkflowOptions {
  readonly database: Database;
  readonly log: Log;
  readonly masker: Masker;
  readonly policies: readonly Policy[];
  /** For environments that name no region; without it they cannot be planned. */
  readonly defaultRegion: string | undefined;
  /** An operator's own resource types, beside the ones that ship. */
  readonly types?: readonly OwnType[];
  readonly vaults?: Vaults | undefined;
  /** Whether AWS keys that do not end may be Slipway's own. */
  readonly allowStaticKeys?: boolean;
  readonly scanners?: Scanners | undefined;
  /** Told of calls to AWS, and of what takes long. */
  readonly metrics?: Pick<Metrics, 'awsCalled' | 'awsThrottled' | 'timed' | 'failed'>;
  /** Of how many stacks one AWS account is asked at the same time, and of how many it is changed. */
  readonly perAccount?: number;
  /** Overrides the key that the database keeps. */
  readonly fingerprintKey?: string;
}

/** Everything that the use cases need, on an open database. The caller closes the database. */
export async function openWorkflow(options: OpenWorkflowOptions): Promise<Workflow> {
  const { database, log, masker, policies, defaultRegion, types: own = [], metrics } = options;
  return {
    state: maskingErrors(createState(database, systemClock), masker.mask),
    types: withTypes(own.map(({ type }) => type)),
    schemas: { ...typeSchemas, ...Object.fromEntries(own.map(({ schema }) => [schema.type, schema])) },
    policies: () => policies,
    openAws: (target) =>
      openAws({
        ...target,
        refuseStaticKeys: options.allowStaticKeys !== true,
        ...(metrics ? { onCall: metrics.awsCalled, onThrottle: metrics.awsThrottled } : {}),
      }),
    ...(metrics ? { onTimed: metrics.timed, onFailed: metrics.failed } : {}),
    vaults: options.vaults,
    vaultSessions: createVaultSessions(database),
    scanners: options.scanners,
    fingerprintKey: options.fingerprintKey ?? (await fingerprintKey(database)),
    ...(options.perAccount === undefined ? {} : { turns: accountTurns(options.perAccount) }),
    defaultRegion,
    clock: systemClock,
    newId,
    log,
    masker,
    holder: `${hostname()}:${process.pid}`,
  };
}
