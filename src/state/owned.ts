import { SlipwayError } from '../base/error.ts';

/** Why what `owner` has, in words, cannot become another stack's. */
export function ownedByAnother(owner: string, physicalId: string, logicalId: string): SlipwayError {
  return new SlipwayError('plan-import', {
    summary: `${physicalId} cannot become ${logicalId}: it belongs to ${owner}`,
    remedy: 'Plan again, and let its owner go first.',
  });
}
