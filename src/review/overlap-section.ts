/** What the comment says of other open pull requests that plan the same stacks. */
import type { Overlap, SharedResource } from '../plan/overlap.ts';
import { codeSpan } from './escape.ts';
import type { Review } from './review.ts';
import { shortValue } from './value-lines.ts';
import { actionWords, count } from './words.ts';

/** Another open pull request's plan for a stack of this one. */
export interface OtherPlan {
  readonly pullRequest: number;
  readonly environment: string;
  readonly file: string;
  readonly overlap: Overlap;
}

/** The section; empty where no other plans the same. At most `max` lines for each of at most `max` others. */
export function overlapSection({ others = [], stacks }: Review, max: number): string {
  if (others.length === 0) return '';
  const byNumber = Map.groupBy(others, (o) => o.pullRequest);
  const hidden = byNumber.size - max;
  return [
    '**If another pull request lands first**',
    '',
    ...[...byNumber]
      .slice(0, max)
      .flatMap(([number, plans]) => itemsOf(number, plans, stacks.length > 1, max)),
    ...(hidden > 0 ? [`- … and ${count(hidden, 'more pull request')}`] : []),
  ].join('\n');
}

function itemsOf(number: number, plans: readonly OtherPlan[], several: boolean, max: number): string[] {
  const lines = Map.groupBy(
    plans.flatMap((plan) => linesOf(plan).map((text) => ({ text, place: placeOf(plan) }))),
    (line) => line.text,
  );
  const moves = plans.flatMap(moveItem);
  if (lines.size === 0 && moves.length > 0) return moves;
  if (lines.size === 0) {
    const stacks = plans.length === 1 ? 'this stack' : 'these stacks';
    return [
      `- #${number} changes ${stacks} too, but nothing that is planned here: this plan stays as it is.`,
    ];
  }
  const hidden = lines.size - max;
  return [
    `- #${number} changes some of the same. This is planned again then, and has to be approved again:`,
    ...[...lines].slice(0, max).map(([text, all]) => {
      const places = [...new Set(all.map((line) => line.place))].slice(0, 5);
      return `  - ${text}${several ? ` (${places.join('; ')})` : ''}`;
    }),
    ...(hidden > 0 ? [`  - … and ${count(hidden, 'more', 'more')}`] : []),
    ...moves,
  ];
}

/** Once for all environments: they have one template. */
function moveItem(
  { pullRequest, file, overlap }: OtherPlan,
  index: number,
  all: readonly OtherPlan[],
): string[] {
  const { theirs, ours } = overlap.moves ?? {};
  if (theirs === undefined || ours !== undefined || all.findIndex((o) => o.file === file) !== index)
    return [];
  return [
    `- #${pullRequest} moves ${codeSpan(file, 120)} to ${codeSpan(theirs, 120)}. What is planned here is planned for it there then.`,
  ];
}

const placeOf = ({ file, environment }: OtherPlan) => `${codeSpan(file, 120)} in ${codeSpan(environment)}`;

function linesOf({ pullRequest, overlap }: OtherPlan): string[] {
  return [
    ...overlap.shared.map((resource) => sharedLine(pullRequest, resource)),
    ...overlap.hanging.map(
      ({ logicalId, on, theirs }) =>
        `${codeSpan(logicalId)} here needs ${codeSpan(on)}, which #${pullRequest} is to ${actionWords[theirs].verb}`,
    ),
    ...bothMove(pullRequest, overlap.moves),
    ...overlap.outputs.map((name) => `⚠️ both change the output ${codeSpan(name)}`),
  ];
}

function bothMove(number: number, moves: Overlap['moves']): string[] {
  if (moves?.ours === undefined) return [];
  const { theirs, ours } = moves;
  return [
    theirs === ours
      ? `both move the template to ${codeSpan(ours, 120)}`
      : `⚠️ both move the template: #${number} to ${codeSpan(theirs, 120)}, this one to ${codeSpan(ours, 120)}`,
  ];
}

function sharedLine(number: number, resource: SharedResource): string {
  const { ours, theirs, contested, alike } = resource;
  const what = `${codeSpan(resource.logicalId)} (${codeSpan(resource.type)})`;
  if (alike) return `${what}: both ${actionWords[ours].verb} it alike, so nothing is left to do for it`;
  const [verb, other] = [actionWords[ours].verb, actionWords[theirs].verb];
  const bothChange = isChange(resource.ours) && isChange(resource.theirs);
  if (!bothChange)
    return ours === theirs
      ? `⚠️ ${what}: both ${verb} it, and not alike`
      : `⚠️ ${what}: #${number} is to ${other} it, this one to ${verb} it`;
  if (contested.length > 0) {
    const properties = contested.slice(0, 3).map((c) => contestedText(number, c));
    const hidden = contested.length - properties.length;
    return `⚠️ ${what}: both change ${properties.join(', and ')}${hidden > 0 ? `, and ${count(hidden, 'more property', 'more properties')}` : ''}`;
  }
  const replaced = theirs === 'replace' ? ' on the new one' : '';
  return `${what}: #${number} changes ${paths(resource.onlyTheirs)}, this one ${paths(resource.onlyOurs)}; both come together${replaced}`;
}

const isChange = (action: SharedResource['ours']) => action === 'update' || action === 'replace';

function contestedText(number: number, { path, ours, theirs }: SharedResource['contested'][number]): string {
  const name = codeSpan(path, 120);
  if (ours === undefined && theirs === undefined) return name;
  const to = (value: typeof ours) =>
    value === undefined ? 'to nothing' : `to ${codeSpan(shortValue(value, 60), 100)}`;
  return `${name}: #${number} ${to(theirs)}, this one ${to(ours)}`;
}

function paths(all: readonly string[]): string {
  if (all.length === 0) return 'what both change alike';
  const shown = all.slice(0, 4).map((path) => codeSpan(path, 120));
  return all.length > shown.length ? `${shown.join(', ')} and more` : shown.join(', ');
}
