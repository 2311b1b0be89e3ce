import { SlipwayError } from '../base/error.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { HandOverRecord } from '../state/hand-overs.ts';
import type { Workflow } from './workflow.ts';
import { isOpened } from './wrapped-token.ts';

/** What became of a token, when its consumer says that it opens nothing. */
export type Unopened =
  /** It opens still: the consumer has another one, or asks another Vault. */
  | 'whole'
  /** Its time is over, and nobody can tell any more whether it was opened in it. The next plan hands over a new one. */
  | 'expired'
  /** It was opened, and not by its consumer: the alarm is in the audit record. */
  | 'opened';

/**
 * Looks at a wrapped output that its consumer could not open. Slipway cannot see who opens a token; that somebody else
 * has is known when the one whom it is for finds it gone and says so before its time is over.
 *
 * @throws SlipwayError `state-missing` where none of that name was handed over wrapped, `vault-denied`
 */
export async function reportUnopened(
  { state, vaults, clock, log }: Pick<Workflow, 'state' | 'vaults' | 'clock' | 'log'>,
  {
    stack,
    environment,
    output,
  }: { readonly stack: StackId; readonly environment: Environment; readonly output: string },
): Promise<{ readonly became: Unopened; readonly record: HandOverRecord }> {
  const record = (await state.handOvers(stack)).find((one) => one.output === output && one.wrapped);
  if (!record?.wrapped) {
    throw new SlipwayError('state-missing', {
      summary: `${stack} has handed over no wrapped output ${output}`,
      remedy: 'See slipway hand-over list for what it has.',
    });
  }
  const vault = vaults?.server(environment.vault ?? 'default');
  if (!vault) {
    throw new SlipwayError('config-invalid', {
      summary: 'The output was wrapped by Vault, and Slipway knows of none',
      remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
    });
  }
  const gone = await isOpened(vault, record.wrapped);
  if (gone === undefined) {
    throw new SlipwayError('vault-denied', {
      summary: 'Vault does not let Slipway look at tokens',
      remedy:
        'Allow update on auth/token/lookup-accessor in the policy of the role that Slipway logs in with.',
    });
  }
  if (!gone) return { became: 'whole', record };
  if (new Date(record.wrapped.until) <= clock.now()) {
    await state.loseHandOver(record);
    return { became: 'expired', record };
  }
  await state.noteOpened({ ...record, wrapped: record.wrapped }, 'by its consumer');
  log.error({ stack, place: record.place }, `ALARM: the wrapped ${output} was opened by somebody else`);
  return { became: 'opened', record };
}
