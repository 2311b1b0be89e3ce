/**
 * plan/ compares desired, recorded and live and says what to do. In: a `DesiredStack`, the state's records, what
 * the cloud answered. Out: a `Plan`: data, serialisable, with a digest. It does no I/O; nothing else makes a plan.
 */
import { sameValue } from '../base/canonical-json.ts';
import type { SourceRange } from '../base/source.ts';
import type { Properties, Secret, Unknown, Value } from '../base/value.ts';
import type { Expression, StackId } from '../stack/stack.ts';
import type { DeletionPolicy } from '../template/template.ts';
import type { HandOverChange } from './hand-overs.ts';
import type { ImportChanges } from './import-changes.ts';

/** What happens to one resource. */
export type Action = 'create' | 'update' | 'replace' | 'delete' | 'import' | 'forget' | 'none';

/** In the order in which people should see them: what destroys comes first. */
export const actions: readonly Action[] = [
  'delete',
  'replace',
  'update',
  'create',
  'import',
  'forget',
  'none',
];

/** Whether something that exists goes away. */
export function isDestructive(action: Action): boolean {
  return action === 'delete' || action === 'replace';
}

/** One property's difference. Values are canonical; they may hold `Unknown` and `Secret` markers. */
export interface PropertyDifference {
  /** `CidrBlock`, `Tags[Name].Value`, `SecurityGroupIngress` */
  readonly path: string;
  /** Undefined when the property is added. */
  readonly before?: Value;
  /** Undefined when the property is removed. */
  readonly after?: Value;
  /** Whether this difference forces a replacement. */
  readonly replaces: boolean;
  readonly where?: SourceRange;
}

export interface Change {
  readonly logicalId: string;
  readonly type: string;
  readonly action: Action;
  /** Of what exists now; undefined for a create. */
  readonly physicalId?: string;
  /** Live properties before (undefined for a create). */
  readonly before?: Properties;
  /** Canonical properties after, with unknowns (undefined for a delete). */
  readonly after?: Properties;
  /** What `after` is evaluated from again at apply time. */
  readonly desired?: { readonly [key: string]: Expression };
  /** Those that `desired` takes, by what names them: one that goes into something unknown does not show in `after`. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** Sorted by path. Empty for create, delete and none. Those of an import are made after it. */
  readonly differences: readonly PropertyDifference[];
  /** The paths that force a replacement, or why else (`DependsOn Vpc is replaced` is not one: only properties). */
  readonly replaceBecause: readonly string[];
  /**
   * For replace: whether the new one is made before the old one is deleted. A delete has `delete-before-create`
   * when something that is replaced in that order waits for it.
   */
  readonly order?: 'create-before-delete' | 'delete-before-create';
  /** Logical ids that must be there first (after this plan; for a delete, before it). */
  readonly dependsOn: readonly string[];
  /** For update and replace: what the existing one hangs on, which can only be deleted after it has let go. */
  readonly formerDependsOn?: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  /** Differences between recorded and live: somebody else changed it, or an apply that failed. */
  readonly drift: readonly PropertyDifference[];
  /** An apply that did not succeed was to change it: what is there may be that one's doing. */
  readonly attempted?: boolean;
  /** Set when the record says it exists and the cloud, asked twice, says it does not. */
  readonly vanished?: boolean;
  /**
   * For create and replace: logical ids of what holds the name or address that this one takes. As a rule the new
   * comes before the old goes; here the old goes first, because the two could not both exist.
   */
  readonly takesOverFrom?: readonly string[];
  /** The logical id until now, where it gets another one. */
  readonly movedFrom?: string;
  /** Live attributes, where they are not what the record says: an address that came with a restart. */
  readonly attributes?: Readonly<Record<string, Value>>;
  /** Where the resource stands in the template; undefined for what is no longer there. */
  readonly where?: SourceRange;
}

export interface OutputChange {
  readonly name: string;
  readonly description?: string;
  readonly before?: Value;
  readonly after?: Value;
  readonly exportName?: string;
  /** The export's name until now, where it is another one; null where there was none. */
  readonly formerExportName?: string | null;
  readonly desired?: Expression;
  /** As those of a change. */
  readonly secrets?: Readonly<Record<string, Secret>>;
}

/** What is left of a replacement that did not finish: an old generation still to be deleted. */
export interface Deposed {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly dependsOn: readonly string[];
}

export interface Plan {
  readonly format: 1;
  readonly stack: StackId;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** The template's path in the repository. */
  readonly file: string;
  /** The path until now, where the template is moved. */
  readonly movedFrom?: string;
  /** Sorted by logical id; every resource of the stack is in it, `none` too. */
  readonly changes: readonly Change[];
  readonly deposed: readonly Deposed[];
  readonly outputs: readonly OutputChange[];
  /**
   * What it takes from other stacks' exports, with the values that the changes were made with: unknown only in a plan
   * made beside that of the stack which is to give it. That one is applied first, and this one is planned again.
   */
  readonly imports?: Readonly<Record<string, string | Unknown>>;
  /** Where those are others than the stack takes until now. */
  readonly importChanges?: ImportChanges;
  /** What becomes of outputs besides; absent where nothing does. */
  readonly handOvers?: readonly HandOverChange[];
  /** SHA-256 over the canonical changes (DESIGN.md section 5.6): not over commits, lines or times. */
  readonly digest: string;
}

/** How many of each action, for `+3 ~1 ±0 -1`. */
export type Counts = Readonly<Record<Action, number>>;

export function countActions(plan: Pick<Plan, 'changes'>): Counts {
  const counts: Record<Action, number> = {
    create: 0,
    update: 0,
    replace: 0,
    delete: 0,
    import: 0,
    forget: 0,
    none: 0,
  };
  for (const change of plan.changes) counts[change.action]++;
  return counts;
}

/** Whether applying the plan would do anything at all. */
export function hasChanges(
  plan: Pick<Plan, 'changes' | 'deposed' | 'outputs' | 'importChanges' | 'movedFrom' | 'handOvers'>,
): boolean {
  return (
    plan.changes.some((c) => c.action !== 'none') ||
    plan.deposed.length > 0 ||
    plan.outputs.some(outputDiffers) ||
    plan.importChanges !== undefined ||
    plan.movedFrom !== undefined ||
    plan.handOvers !== undefined
  );
}

export function outputDiffers(output: OutputChange): boolean {
  return output.formerExportName !== undefined || !sameValue(output.before, output.after);
}
