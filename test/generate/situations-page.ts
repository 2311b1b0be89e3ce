/** `docs/situations.md`: the comment of a pull request in every situation, as GitHub renders it. */
import { renderComment } from '../../src/review/comment.ts';
import { aftermaths } from '../review/aftermaths.ts';
import { situations } from '../review/situations.ts';

/** In the order of a pull request's life: which golden comment, its title, and what to look at. */
const shown: readonly (readonly [situation: string, title: string, about: string])[] = [
  ['first-plan', 'A first plan', 'Everything is new. A short plan is open at once, with every value.'],
  ['nothing-to-do', 'Nothing to do', 'The template changed, and the cloud is as it says.'],
  [
    'update-with-a-replace',
    'An update with a replace',
    'What is replaced or deleted stands above everything that folds, with the property that forces it; the author has said `approve`, which does not count.',
  ],
  [
    'moved-template',
    'A template that moves',
    'It was renamed: the stack goes on under the new path, and nothing is made or deleted.',
  ],
  ['destroy', 'A destroy', 'The template is removed.'],
  [
    'policy-failures',
    'Policies that are not met',
    'Each finding says where, why and how to mend it; the same stands on the line of the template.',
  ],
  [
    'three-environments',
    'Three environments',
    'What is planned alike in several environments is shown once. Each has its own approvals.',
  ],
  [
    'fork',
    'From a fork',
    'The template is checked. A plan reads the cloud, so an operator has to ask for it.',
  ],
  ['error-in-template', 'An error in the template', 'With the line, and what was meant.'],
  [
    'stale',
    'Stale',
    'Merged, but the plan is not the approved one any more: nothing is applied, and the difference is shown.',
  ],
  [
    'another-pull-request',
    'Another pull request changes the same',
    'What becomes of this plan if the other one is merged first.',
  ],
  [
    'settings-change',
    'Other settings',
    'What they would mean, and by whom they have to be approved: by the rules that they would change.',
  ],
  ['applying', 'Applying', 'Who approved it, and where its progress is.'],
  ['applied', 'Applied', 'What was done, who approved and lifted what, and what the stack gives out.'],
  [
    'failed-apply',
    'A failed apply',
    'What is done, what failed and why, what was not started; and what to do.',
  ],
  [
    'promotion-stopped',
    'A promotion that stopped',
    'An environment that comes later waits, and says for which one.',
  ],
  [
    'rollback-planned',
    'Going back',
    'An operator asked to go back from a failed apply: a plan as any other, which somebody has to approve.',
  ],
  [
    'rolled-back',
    'Rolled back',
    'The cloud is at what was there before, and git is not: until they agree, others wait.',
  ],
  [
    'held-by-another',
    'On hold',
    'Another pull request has left the stack unsettled. Nothing else is applied to it before that is put right.',
  ],
  [
    'approval-after-the-merge',
    'Approval after the merge',
    'An environment may ask for its approval when the one before it has been applied.',
  ],
];

export function situationsPage(): string {
  const all = { ...situations(), ...aftermaths() };
  const sections = shown.map(([name, title, about]) => {
    const review = all[name];
    if (!review) throw new Error(`there is no situation ${name}`);
    // The comment's own heading goes below the page's.
    return `## ${title}\n\n${about}\n\n---\n\n${renderComment(review).replace(/^## /m, '### ')}\n\n---`;
  });
  return `# The comment, in every situation

Made by \`npm run generate\` from the situations of the tests: this is what the one comment of a pull request says, as GitHub renders it. The links lead to a repository that does not exist.

${sections.join('\n\n')}
`;
}
