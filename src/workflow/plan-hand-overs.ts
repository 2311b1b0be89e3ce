import type { Diagnostic } from '../base/diagnostic.ts';
import { type HandOverChange, planHandOvers, refusedHandOvers } from '../plan/hand-overs.ts';
import type { OutputChange, Plan } from '../plan/plan.ts';
import { wantedHandOvers } from '../plan/wanted-hand-overs.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { Template } from '../template/template.ts';
import type { StackSource } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

/** What of a stack's outputs is handed over; nothing of a template that is gone. */
export interface PlannedHandOvers {
  /** What is wrong with the template's words, or not the settings' will. */
  readonly diagnostics: readonly Diagnostic[];
  changes(outputs: readonly OutputChange[]): readonly HandOverChange[];
  /** What stands against it once the outputs are known. */
  refused(plan: Pick<Plan, 'outputs'>): readonly Diagnostic[];
}

/** Compares what the template hands over, where the settings let it, with what was handed over. */
export async function readHandOvers(
  { state }: Pick<Workflow, 'state'>,
  { stack, environment }: Pick<StackSource, 'stack' | 'environment'>,
  template: Template | undefined,
): Promise<PlannedHandOvers> {
  const { wanted, diagnostics } = template
    ? wantedHandOvers(template, environment)
    : { wanted: [], diagnostics: [] };
  const recorded = await state.handOvers(stack);
  return {
    diagnostics,
    changes: (outputs) => planHandOvers(wanted, outputs, recorded, repositoryOf(stack)),
    refused: ({ outputs }) => refusedHandOvers(wanted, outputs),
  };
}
