import { parseParameters } from '../stack/parameters.ts';
import type { RunRecord } from '../state/state.ts';
import { openPlanned, type StackPlan, type StackSource } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

/**
 * What going on with a run needs that a dead process left, whatever the template says by now: it may not even be
 * YAML. Today's files come first; then what the run was begun from; and where that was not kept, no template at all:
 * what needs a secret of it then fails, and everything else comes to its end and is recorded.
 */
export async function openUnfinished(
  workflow: Workflow,
  source: StackSource,
  run: RunRecord,
): Promise<StackPlan> {
  const sources = [source, ...begunFrom(run, source), { ...source, text: undefined }];
  let opened: StackPlan = { source, findings: [], diagnostics: [] };
  for (const candidate of source.refused ? [] : sources) {
    opened = await openPlanned(workflow, candidate, run.plan);
    // A way to the cloud that is closed for the moment is waited for.
    if (opened.apply || !opened.diagnostics.every((d) => lasting.has(d.code))) break;
  }
  return { ...opened, source };
}

/** That a secret is not there, or may not be read, is not different with time. */
const lasting: ReadonlySet<string> = new Set(['cloud-unresolved', 'vault-refused']);

/** The version that was kept, with today's values of the parameters that never are. */
function begunFrom({ id, version }: RunRecord, source: StackSource): readonly StackSource[] {
  if (!version) return [];
  const { parameters: today } = source;
  const values = today ? (parseParameters(today.text, today.file).values ?? {}) : {};
  const secrets = version.secretParameters.flatMap((name) =>
    values[name] === undefined ? [] : [[name, values[name]] as const],
  );
  const text = JSON.stringify({ ...version.parameters, ...Object.fromEntries(secrets) });
  return [{ ...source, text: version.text, parameters: { file: `parameters of ${id}`, text } }];
}
