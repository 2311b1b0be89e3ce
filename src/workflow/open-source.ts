import { SlipwayError } from '../base/error.ts';
import { resolveSecrets, type SecretScope } from '../secret/resolve-secrets.ts';
import { requiredFacts } from '../stack/resolve.ts';
import type { ParameterValues, RequiredFacts } from '../stack/stack.ts';
import type { StackRecord } from '../state/state.ts';
import type { Template } from '../template/template.ts';
import type { CheckedSource } from './check-source.ts';
import type { StackSource } from './plan-stack.ts';
import { openTarget, type Target } from './target.ts';
import type { Workflow } from './workflow.ts';

/** What planning a stack and applying its plan need alike. */
export interface OpenedSource {
  readonly target: Target;
  /** The stack as it is recorded. */
  readonly record: StackRecord | undefined;
  /** What the template asks for from outside. */
  readonly required: RequiredFacts;
  /** Fetches what the template refers to. */
  readonly secrets: () => Promise<SecretScope>;
}

/** Opens the target, which the caller closes, of a source that `checkSource` has found to be in order, and nothing more: there may be no plan. */
export async function openSource(
  workflow: Workflow,
  source: StackSource,
  { template, parameters }: CheckedSource,
): Promise<OpenedSource> {
  const { environment } = source;
  const target = await openTarget(workflow, environment, source);
  const record = await workflow.state.stack(source.stack);
  try {
    refuseMove(record, target, source);
  } catch (error) {
    await target.close();
    throw error;
  }
  const required = template ? requiredFacts(template, parameters, target.region) : noFacts;
  return {
    target,
    record,
    required,
    secrets: () =>
      resolveSecrets(required.secrets, {
        parameters: withDefaults(template, parameters),
        aws: target.aws,
        vault: target.vault?.vault,
        vaultPaths: environment.secrets ?? [],
        fingerprintKey: workflow.fingerprintKey,
        masker: workflow.masker,
      }),
  };
}

const noFacts: RequiredFacts = {
  availabilityZoneRegions: [],
  ssmParameters: [],
  imports: [],
  exports: [],
  secrets: [],
};

/** An environment that points elsewhere now would leave everything behind where it was, unseen. */
function refuseMove(
  record: { account: string; region: string; status: string } | undefined,
  target: Target,
  source: StackSource,
): void {
  if (!record || record.status === 'destroyed' || record.status === 'new') return;
  if (record.account === target.account && record.region === target.region) return;
  const { name } = source.environment;
  throw new SlipwayError('cloud-account', {
    summary: `The stack ${source.stack} lives in account ${record.account}, ${record.region}, and ${name} now means account ${target.account}, ${target.region}`,
    detail: 'To move it, destroy it where it is first.',
    remedy:
      record.account === target.account
        ? `Give --region ${record.region}, or set region: ${record.region} for ${name} in .github/slipway.yml.`
        : `Use credentials of account ${record.account}, or set the account and role of ${name} back in .github/slipway.yml.`,
  });
}

function withDefaults(template: Template | undefined, given: ParameterValues): ParameterValues {
  const defaults = [...(template?.parameters.values() ?? [])].flatMap((p) =>
    p.default?.kind === 'scalar' && p.default.value !== null ? [[p.name, p.default.value] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...given };
}
