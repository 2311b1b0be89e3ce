import type { DefineCommand } from '../program.ts';
import { defineApply } from './apply.ts';
import { defineDemo } from './demo.ts';
import { defineDestroy } from './destroy.ts';
import { defineDrift } from './drift.ts';
import { defineGraph } from './graph.ts';
import { defineImport } from './import.ts';
import { definePlan } from './plan.ts';
import { definePolicy } from './policy.ts';
import { defineRollback } from './rollback.ts';
import { defineStart } from './start.ts';
import { defineState } from './state.ts';
import { defineValidate } from './validate.ts';

/** Every verb, in the order in which `--help` shows them. */
export const commands: Readonly<Record<string, DefineCommand>> = {
  validate: defineValidate,
  plan: definePlan,
  apply: defineApply,
  import: defineImport,
  destroy: defineDestroy,
  rollback: defineRollback,
  drift: defineDrift,
  graph: defineGraph,
  state: defineState,
  policy: definePolicy,
  start: defineStart,
  demo: defineDemo,
};
