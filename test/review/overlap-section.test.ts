import { describe, expect, test } from 'vitest';
import { overlapOf } from '../../src/plan/overlap.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { overlapSection } from '../../src/review/overlap-section.ts';
import { change, difference, plan } from './plans.ts';
import { review, stackOf } from './situations.ts';

const edit = plan([
  change('Vpc', 'AWS::EC2::VPC', 'update', {
    differences: [difference('Tags', 1, 2)],
    after: { Tags: 2 },
  }),
]);
const moves = (from: Plan, to: string): Plan => ({ ...from, file: to, movedFrom: 'infra/shop.yaml' });

/** What is said on a pull request with the one plan, of #14 with the other. */
function said(ours: Plan, theirs: Plan): readonly string[] {
  const overlap = overlapOf(ours, theirs)!;
  const others = ['dev', 'prod'].map((environment) => ({
    ...{ pullRequest: 14, environment, file: ours.file, overlap },
  }));
  return overlapSection(review([stackOf(ours)], { others }), 10)
    .split('\n')
    .slice(2);
}

describe('another pull request that moves the template', () => {
  test.for<{ what: string; ours: Plan; theirs: Plan; says: readonly string[] }>([
    {
      what: 'and changes nothing: where this plan will be',
      ours: edit,
      theirs: moves(plan([]), 'infra/web.yaml'),
      says: [
        '- #14 moves `infra/shop.yaml` to `infra/web.yaml`. What is planned here is planned for it there then.',
      ],
    },
    {
      what: 'and changes the same: both',
      ours: edit,
      theirs: moves(edit, 'infra/web.yaml'),
      says: [
        '- #14 changes some of the same. This is planned again then, and has to be approved again:',
        '  - `Vpc` (`AWS::EC2::VPC`): both update it alike, so nothing is left to do for it',
        '- #14 moves `infra/shop.yaml` to `infra/web.yaml`. What is planned here is planned for it there then.',
      ],
    },
    {
      what: 'as this one does, elsewhere: only one of them can',
      ours: moves(plan([]), 'infra/api.yaml'),
      theirs: moves(plan([]), 'infra/web.yaml'),
      says: [
        '- #14 changes some of the same. This is planned again then, and has to be approved again:',
        '  - ⚠️ both move the template: #14 to `infra/web.yaml`, this one to `infra/api.yaml`',
      ],
    },
    {
      what: 'as this one does, to the same path: nothing is left to do',
      ours: moves(plan([]), 'infra/web.yaml'),
      theirs: moves(plan([]), 'infra/web.yaml'),
      says: [
        '- #14 changes some of the same. This is planned again then, and has to be approved again:',
        '  - both move the template to `infra/web.yaml`',
      ],
    },
  ])('$what', ({ ours, theirs, says }) => {
    expect(said(ours, theirs)).toEqual(says);
  });
});
