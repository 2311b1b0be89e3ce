import type { Call } from './call.ts';
import type { Handle, Interception, Next, World } from './faults/fault.ts';
import { createFault, type FaultKind, position } from './faults/index.ts';
import { matcher, type Rule } from './rule.ts';

/** The rules in force. */
export interface Rules {
  /** Adds a rule, with a fresh memory. Returns what takes it away again. */
  add(rule: Rule): () => void;
  clear(): void;
  list(): readonly Rule[];
}

export interface RuleSet extends Rules {
  /** The call's way through every rule to the target, and the kinds of the faults that hit it. */
  pass(call: Call, target: Next): { readonly answer: ReturnType<Next>; readonly hits: readonly FaultKind[] };
}

interface Active {
  readonly rule: Rule;
  readonly interception: Interception;
  matches(call: Call): boolean;
}

export function ruleSet(world: World): RuleSet {
  let active: readonly Active[] = [];
  return {
    add: (rule) => {
      const added = {
        rule,
        interception: createFault(rule.fault, world),
        matches: matcher(rule.match, world.random),
      };
      // Sorting is stable: of two rules with the same fault the earlier one is the outer one.
      active = [...active, added].sort((a, b) => position(a.rule.fault.kind) - position(b.rule.fault.kind));
      return () => {
        active = active.filter((other) => other !== added);
      };
    },
    clear: () => {
      active = [];
    },
    list: () => active.map(({ rule }) => rule),
    pass: (call, target) => {
      // Every rule counts the call, also where an outer fault answers it and the inner ones never see it.
      const hit = active.filter(({ matches }) => matches(call));
      const way = active.flatMap((one): Handle[] => {
        const { always, matched } = one.interception;
        return [always, hit.includes(one) ? matched : undefined].filter((handle) => handle !== undefined);
      });
      const enter = way.reduceRight<Next>((next, handle) => (passed) => handle(passed, next), target);
      return { answer: enter(call), hits: hit.map(({ rule }) => rule.fault.kind) };
    },
  };
}
