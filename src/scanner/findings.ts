import type { SourceRange } from '../base/source.ts';
import type { Plan } from '../plan/plan.ts';
import { type Enforcement, type Finding, severities } from '../policy/finding.ts';
import { upwards } from '../policy/path.ts';
import type { ScanContext } from '../policy/scan.ts';
import type { Hit, Scanned } from './scanner.ts';
import { blocksAt, type TemplateText } from './template-text.ts';
import { findingId, type Weights, weightOf } from './weights.ts';

/** What hits are held against to become findings. */
export interface Setting {
  readonly weights: Weights;
  readonly plan: Plan;
  readonly template: TemplateText | undefined;
  readonly positions: ScanContext['positions'];
}

/** What one scanner says as findings, each once: the worst first, then as they stand in the template. */
export function findingsFrom(scanned: Scanned, given: Setting): readonly Finding[] {
  if (scanned.kind === 'failed') return failure(scanned, given);
  const setting = { ...given, lines: given.template?.text.trimEnd().split('\n') ?? [] };
  const found = new Map(
    scanned.hits.flatMap((hit) => {
      const finding = findingOf(hit, setting);
      return finding ? [[JSON.stringify(finding), finding] as const] : [];
    }),
  );
  return [...found.values()].sort(
    (a, b) =>
      severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
      (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
      (a.policy < b.policy ? -1 : a.policy > b.policy ? 1 : 0),
  );
}

/** With the template's lines, which may be a million: to take it apart for each hit takes minutes. */
type Placing = Setting & { readonly lines: readonly string[] };

function findingOf(hit: Hit, setting: Placing): Finding | undefined {
  const { weights, plan } = setting;
  const weight = weightOf(weights, hit.rule);
  if (weight === 'ignore') return undefined;
  const { subjects, name, where, path } = placeOf(hit, setting);
  const ids = new Set(subjects);
  const changes = plan.changes.filter(({ logicalId }) => ids.has(logicalId));
  const untouched = !hit.ofTemplate && isUntouched(subjects, changes, setting);
  const enforcement: Enforcement = untouched ? 'advisory' : weight;
  return {
    policy: findingId(weights, hit.rule),
    title: hit.title ?? `${weights.id} ${hit.rule}`,
    severity: hit.severity ?? weights.severity[hit.level],
    enforcement,
    logicalId: name,
    type: changes[0]?.type ?? 'Template',
    message: hit.message + (untouched ? ' (This plan does not touch it.)' : ''),
    remedy: hit.remedy ?? `See what ${weights.id} says of ${hit.rule}.`,
    controls: [],
    ...(path === undefined ? {} : { path }),
    ...(where ? { where } : {}),
  };
}

/** A mandatory scanner need not hold up who mends something else. */
function isUntouched(
  subjects: readonly string[],
  changes: Plan['changes'],
  { weights, template }: Setting,
): boolean {
  if (weights.untouched === 'block' || subjects.length === 0) return false;
  // What stands at an untouched resource may be said of another one, which repeats it.
  if (template?.hasAliases !== false) return false;
  return changes.every(({ action }) => action === 'none');
}

interface Place {
  /** The logical ids that it may be about. */
  readonly subjects: readonly string[];
  /** What people call it: a logical id, `Parameters.Size`, or the file. */
  readonly name: string;
  readonly where?: SourceRange;
  readonly path?: string;
}

function placeOf(hit: Hit, setting: Placing): Place {
  const { plan, template, positions } = setting;
  const { logicalId, path } = hit;
  if (logicalId !== undefined && isNamed(logicalId, plan, template)) {
    const where = positionOf(logicalId, path, positions) ?? rangeOf(hit, setting);
    return {
      subjects: [logicalId],
      name: logicalId,
      ...(path === undefined ? {} : { path }),
      ...(where ? { where } : {}),
    };
  }
  const file = template?.file ?? plan.file;
  const where = rangeOf(hit, setting);
  if (!where || !template) return { subjects: [], name: file };
  const [block, ...more] = blocksAt(template, hit.at!);
  if (!block) return { subjects: [], name: file, where };
  const subjects = [block, ...more].flatMap(({ logicalIds }) => logicalIds);
  const isOfOne = subjects.length === 1 && !template.hasAliases;
  // No resource is called like this: an exception for one of them would lift what is found of another.
  const ofSome = `one of ${subjects.slice(0, 5).join(', ')}${template.hasAliases ? ' and their aliases' : ''}`;
  const name = subjects.length === 0 ? `${block.section}.${block.name}` : isOfOne ? subjects[0]! : ofSome;
  return { subjects, name: name.slice(0, 255), where };
}

function isNamed(logicalId: string, plan: Plan, template: TemplateText | undefined): boolean {
  const isDeclared = template?.blocks.some(({ logicalIds }) => logicalIds.includes(logicalId));
  return isDeclared || plan.changes.some((change) => change.logicalId === logicalId);
}

/** Of the property, or what is nearest above it. */
function positionOf(logicalId: string, path: string | undefined, positions: ScanContext['positions']) {
  const resource = positions(logicalId, '');
  for (const at of upwards(path ?? '')) {
    const where = positions(logicalId, at);
    // A property without a place has that of its resource.
    if (where && where !== resource) return where;
  }
  return resource;
}

/** Where it is in the repository's file: a tool's numbers are not trusted to be in it. */
function rangeOf({ at }: Hit, { template, lines }: Placing): SourceRange | undefined {
  if (!at || !template) return undefined;
  const line = Math.min(Math.max(1, at.line), lines.length);
  const column = Math.min(Math.max(1, at.column ?? 1), lines[line - 1]!.length + 1);
  return { file: template.file, line, column };
}

function failure({ reason, remedy }: Extract<Scanned, { kind: 'failed' }>, setting: Setting): Finding[] {
  const { weights, plan, template } = setting;
  const enforcement = weightOf(weights, 'failed');
  if (enforcement === 'ignore') return [];
  const file = template?.file ?? plan.file;
  return [
    {
      policy: findingId(weights, 'failed'),
      title: `${weights.id} has to judge the template`,
      severity: weights.severity.error,
      enforcement,
      logicalId: file,
      type: 'Template',
      message: `${weights.id} could not judge it: ${reason}`,
      remedy,
      controls: [],
      ofPlan: true,
      where: { file, line: 1, column: 1 },
      code: 'policy-evaluation',
    },
  ];
}
