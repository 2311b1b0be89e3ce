import type { Overridden } from '../approval/approval.ts';
import { isLifted } from '../approval/override.ts';
import { blocks, type Finding, mayBlock } from '../policy/finding.ts';
import type { StackReview } from './review.ts';

/** A finding as people see it: one that somebody has overridden blocks no more, and says who and why. */
export interface ShownFinding extends Finding {
  readonly overridden?: Overridden;
  /** Set where the plan leaves its resource alone: it was so before, and stays so whatever is approved. */
  readonly untouched?: true;
}

export function shownFindings({
  findings,
  decision,
  plan,
}: Pick<StackReview, 'findings' | 'decision' | 'plan'>): readonly ShownFinding[] {
  const left = new Set((plan?.changes ?? []).filter((c) => c.action === 'none').map((c) => c.logicalId));
  return findings.map((finding) => {
    const lifted = decision?.overridden?.find((o) => isLifted(finding, [o]));
    if (lifted && mayBlock(finding)) return { ...finding, overridden: lifted };
    return left.has(finding.logicalId) && !finding.ofPlan && !blocks(finding)
      ? { ...finding, untouched: true }
      : finding;
  });
}

/** Whether it stands in the way of the apply. */
export function stillBlocks(finding: ShownFinding): boolean {
  return blocks(finding) && finding.overridden === undefined;
}
