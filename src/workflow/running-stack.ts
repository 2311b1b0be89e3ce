import { SlipwayError } from '../base/error.ts';
import type { Secret } from '../base/value.ts';
import type { Live, ResourceType } from '../provider/provider.ts';
import { refresh } from '../provider/refresh.ts';
import { resourceType } from '../provider/registry.ts';
import { resolveSecrets } from '../secret/resolve-secrets.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { ResourceRecord, StackRecord } from '../state/state.ts';
import { inTurn } from './account-turns.ts';
import { openTarget, providerContext, type Target } from './target.ts';
import type { Workflow } from './workflow.ts';

/** A stack as it runs: what Slipway made, and what the cloud says of it now. */
export interface RunningStack {
  readonly record: StackRecord;
  /** What is recorded as being there. */
  readonly resources: readonly ResourceRecord[];
  /** What the cloud answers, by logical id; what is not in it is not there any more. */
  readonly live: ReadonlyMap<string, Live>;
  readonly typeOf: (type: string) => ResourceType;
  readonly seal: (plaintext: string) => Secret;
  /** A run is going on, or calls of an earlier one have no known end. */
  readonly unsettled: boolean;
}

/**
 * Reads a stack without its template, in bulk; writes nothing. `environment` says how to get there; where the stack
 * is, its record says.
 *
 * @param session what it is read for, in the name of the assumed role's session
 * @throws SlipwayError `state-missing`, and what openTarget and the cloud throw
 */
export async function readRunning(
  workflow: Workflow,
  asked: { readonly stack: StackId; readonly environment: Environment; readonly session?: string },
): Promise<RunningStack> {
  const { stack, environment } = asked;
  const record = await workflow.state.stack(stack);
  if (!record) throw new SlipwayError('state-missing', { summary: `There is no stack ${stack}` });
  const { account, region } = record;
  const target = await openTarget(workflow, { ...environment, account, region }, asked);
  try {
    return await readOpened(workflow, asked.stack, record, target);
  } finally {
    await target.close();
  }
}

async function readOpened(
  workflow: Workflow,
  stack: StackId,
  record: StackRecord,
  target: Target,
): Promise<RunningStack> {
  const { state, fingerprintKey, masker } = workflow;
  const { seal } = await resolveSecrets([], {
    parameters: {},
    aws: target.aws,
    vault: undefined,
    vaultPaths: [],
    fingerprintKey,
    masker,
  });
  const [stored, running, open] = await Promise.all([
    state.resources(stack),
    state.unfinishedRun(stack),
    state.openEntries(stack),
  ]);
  const resources = stored.filter((r) => r.generation === 'current');
  const typeOf = (type: string) => resourceType(type, workflow.types);
  const live = await inTurn(workflow, 'read', target.account, () =>
    refresh(providerContext(workflow, target, stack), resources, typeOf),
  );
  return {
    record,
    resources,
    live,
    typeOf,
    seal,
    unsettled: running !== undefined || open.length > 0,
  };
}
