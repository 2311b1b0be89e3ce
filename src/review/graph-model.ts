import { type Action, actions } from '../plan/plan.ts';

/** One resource of a picture of a stack. */
export interface GraphNode {
  readonly id: string;
  readonly type: string;
  /** What a plan does to it; undefined without a plan, and for what the plan has not (a condition is false). */
  readonly action?: Action;
  /** Whether it has a condition, so that it may not be there. */
  readonly conditional?: boolean;
}

/** `to` needs `from`. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** What depends on what, to be drawn as text or as a picture. Sorted, so that the same stack looks the same. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What the template has, as `parseTemplate` and `dependenciesOf` give it. */
export interface DrawnTemplate {
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly condition?: unknown }>;
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** Of a plan's changes only this is drawn. */
export interface DrawnChange {
  readonly logicalId: string;
  readonly type: string;
  readonly action: Action;
  readonly dependsOn: readonly string[];
}

/**
 * The graph of a template; with the changes of a plan, which knows of conditions, of edges that references do not
 * show and of what goes away, that of both.
 */
export function graphOf(template: DrawnTemplate, changes: readonly DrawnChange[] = []): Graph {
  const planned = new Map(changes.map((c) => [c.logicalId, c]));
  const nodes = new Map<string, GraphNode>();
  for (const { logicalId, type, action } of changes) nodes.set(logicalId, { id: logicalId, type, action });
  for (const [id, { type, condition }] of template.resources) {
    const action = planned.get(id)?.action;
    const conditional = condition !== undefined && action === undefined;
    nodes.set(id, {
      id,
      type,
      ...(action === undefined ? {} : { action }),
      ...(conditional ? { conditional } : {}),
    });
  }
  const edges = [...nodes.keys()].flatMap((to) => {
    const needs = planned.get(to)?.dependsOn ?? template.dependencies.get(to) ?? [];
    return [...new Set(needs)].filter((from) => nodes.has(from) && from !== to).map((from) => ({ from, to }));
  });
  return {
    nodes: [...nodes.values()].sort((a, b) => byText(a.id, b.id)),
    edges: edges.sort((a, b) => byText(a.from, b.from) || byText(a.to, b.to)),
  };
}

/** The actions that the graph shows, in the order in which people should see them. */
export function shownActions({ nodes }: Graph): Action[] {
  const present = new Set(nodes.map((n) => n.action));
  return actions.filter((action) => present.has(action));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
