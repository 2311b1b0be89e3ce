/** What two plans for the same stack have in common: what becomes of the one when the other is applied first. */
import { canonicalJson, sameValue } from '../base/canonical-json.ts';
import type { Value } from '../base/value.ts';
import { type Action, type Change, outputDiffers, type Plan, type PropertyDifference } from './plan.ts';

export interface Overlap {
  /** Resources that both change, by logical id. */
  readonly shared: readonly SharedResource[];
  /** Of this plan only, hanging on what the other replaces or deletes. */
  readonly hanging: readonly { readonly logicalId: string; readonly on: string; readonly theirs: Action }[];
  /** Names of outputs that both change. */
  readonly outputs: readonly string[];
  /** Where the other one moves the template, and where this one does. */
  readonly moves?: { readonly theirs: string; readonly ours?: string };
}

export interface SharedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly ours: Action;
  readonly theirs: Action;
  /** Properties that both change, to different values; after it, an absent side has it removed. */
  readonly contested: readonly { readonly path: string; readonly ours?: Value; readonly theirs?: Value }[];
  /** Properties that only one of them changes. */
  readonly onlyOurs: readonly string[];
  readonly onlyTheirs: readonly string[];
  /** Whether nothing is left to do for this one once the other is applied. */
  readonly alike: boolean;
}

/** Undefined where the other plan changes nothing. */
export function overlapOf(ours: Plan, theirs: Plan): Overlap | undefined {
  const others = new Map(changed(theirs).map((c) => [c.logicalId, c]));
  const outputs = new Set(theirs.outputs.filter(outputDiffers).map((o) => o.name));
  if (others.size === 0 && outputs.size === 0 && theirs.movedFrom === undefined) return undefined;
  const own = changed(ours);
  return {
    shared: own.flatMap((change) => {
      const other = others.get(change.logicalId);
      return other ? [sharedResource(change, other)] : [];
    }),
    hanging: own.flatMap((change) => hangingOn(change, others)),
    outputs: ours.outputs.filter((o) => outputDiffers(o) && outputs.has(o.name)).map((o) => o.name),
    ...(theirs.movedFrom === undefined
      ? {}
      : { moves: { theirs: theirs.file, ...(ours.movedFrom === undefined ? {} : { ours: ours.file }) } }),
  };
}

const changed = (plan: Plan) => plan.changes.filter((c) => c.action !== 'none');

function sharedResource(ours: Change, theirs: Change): SharedResource {
  const pairs = ours.differences.flatMap((own) =>
    theirs.differences
      .filter((other) => overlaps(own.path, other.path))
      .map((other) => [own, other] as const),
  );
  const differing = pairs.filter(([own, other]) => !isSame(own, other));
  const met = (side: 0 | 1, { path }: PropertyDifference) => pairs.some((pair) => pair[side].path === path);
  return {
    logicalId: ours.logicalId,
    type: ours.type,
    ours: ours.action,
    theirs: theirs.action,
    contested: differing.map(([own, other]) => ({
      path: own.path.length <= other.path.length ? own.path : other.path,
      ...(own.path === other.path && own.after !== undefined ? { ours: own.after } : {}),
      ...(own.path === other.path && other.after !== undefined ? { theirs: other.after } : {}),
    })),
    onlyOurs: ours.differences.filter((d) => !met(0, d)).map((d) => d.path),
    onlyTheirs: theirs.differences.filter((d) => !met(1, d)).map((d) => d.path),
    alike: isAlike(ours, theirs),
  };
}

/** Both of the same kind, and the same is there afterwards. */
function isAlike(ours: Change, theirs: Change): boolean {
  if (ours.action !== theirs.action || ours.type !== theirs.type) return false;
  return canonicalJson([ours.after, ours.desired]) === canonicalJson([theirs.after, theirs.desired]);
}

function isSame(own: PropertyDifference, other: PropertyDifference): boolean {
  return own.path === other.path && sameValue(own.after, other.after);
}

/** The same property, or one inside of the other. */
function overlaps(one: string, other: string): boolean {
  return one === other || isInside(one, other) || isInside(other, one);
}

function isInside(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function hangingOn(change: Change, others: ReadonlyMap<string, Change>): Overlap['hanging'] {
  if (change.action === 'delete' || others.has(change.logicalId)) return [];
  return change.dependsOn.flatMap((on) => {
    const theirs = others.get(on)?.action;
    return theirs === 'replace' || theirs === 'delete' ? [{ logicalId: change.logicalId, on, theirs }] : [];
  });
}
