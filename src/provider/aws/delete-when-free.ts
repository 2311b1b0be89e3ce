import { SlipwayError } from '../../base/error.ts';
import { errorCode, errorMessage, isNotFound } from './aws-error.ts';
import { untilOrNot, type Waiting } from './eventually.ts';

export interface Deletion {
  /** `subnet subnet-123`, for the error. */
  readonly what: string;
  send(): Promise<unknown>;
  /** What still holds it, in words, asked only when waiting was in vain. */
  holders(): Promise<readonly string[]>;
}

/** Network interfaces of what was deleted a moment ago go within minutes; what is there longer stays. */
const inUseMs = 5 * 60_000;

/**
 * Deletes, tries again while AWS says that something else still uses it, and succeeds when it is gone already.
 *
 * @throws SlipwayError `cloud-in-use` with what holds it, after five minutes
 */
export async function deleteWhenFree(waiting: Waiting, deletion: Deletion): Promise<void> {
  let refusal: unknown;
  const what = () => `what still uses it to go: AWS answers ${errorCode(refusal)}`;
  const done = await untilOrNot(waiting, what, inUseMs, async () => {
    try {
      await deletion.send();
      return true;
    } catch (error) {
      if (isNotFound(error)) return true;
      if (!isInUse(error)) throw error;
      refusal = error;
      return undefined;
    }
  });
  if (done) return;
  const holders = await deletion.holders();
  throw new SlipwayError('cloud-in-use', {
    summary: `${deletion.what} is still in use and cannot be deleted`,
    detail:
      holders.length === 0
        ? 'AWS does not say by what.'
        : `It is held by ${holders.slice(0, 10).join('; ')}${holders.length > 10 ? `; and ${holders.length - 10} more` : ''}.`,
    remedy: 'Remove what holds it, if it is not needed, and apply again.',
    cause: refusal,
  });
}

function isInUse(error: unknown): boolean {
  // A network interface has no code of its own for it.
  if (errorCode(error) === 'InvalidParameterValue' && /currently in use/.test(errorMessage(error)))
    return true;
  return /^(DependencyViolation|DeleteConflict|ResourceInUse|VolumeInUse|Invalid(Group|PlacementGroup|IPAddress|CidrBlock)\.InUse)$/.test(
    errorCode(error) ?? '',
  );
}
