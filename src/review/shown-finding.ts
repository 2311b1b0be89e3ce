import type { Overridden } from '../approval/approval.ts';
import { isLifted } from '../approval/override.ts';
import { blocks, type Finding, mayBlock } from '../policy/finding.ts';
import type { StackReview } from './review.ts';

/** A finding as people see it: one that somebody has overridden blocks no more, and says who and why. */
export interface ShownFinding extends Finding {
  readonly overridden?: Overridden;
}

export function shownFindings({
  findings,
  decision,
}: Pick<StackReview, 'findings' | 'decision'>): readonly ShownFinding[] {
  return findings.map((finding) => {
    const lifted = decision?.overridden?.find((o) => isLifted(finding, [o]));
    return lifted && mayBlock(finding) ? { ...finding, overridden: lifted } : finding;
  });
}

/** Whether it stands in the way of the apply. */
export function stillBlocks(finding: ShownFinding): boolean {
  return blocks(finding) && finding.overridden === undefined;
}
