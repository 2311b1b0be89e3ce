import { z } from 'zod';
import { SlipwayError } from '../base/error.ts';
import { actions, type Plan } from '../plan/plan.ts';
import type { DrawnChange } from '../review/graph-model.ts';
import type { MoveOptions } from './commands/stack-options.ts';
import { readNamedFile } from './files.ts';
import type { StackOptions } from './local.ts';
import { pathInProject, repositoryPath } from './project.ts';
import type { Terminal } from './terminal.ts';

/** What `plan --out` writes: the plan for people and tools to read, and how it was asked for. */
const planFileSchema = z.strictObject({
  format: z.literal(1),
  template: z.string(),
  environment: z.string().optional(),
  region: z.string().optional(),
  parameters: z.string().optional(),
  movedFrom: z.string().optional(),
  plan: z.looseObject({
    format: z.literal(1),
    stack: z.string(),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    file: z.string(),
    changes: z.array(
      z.looseObject({
        logicalId: z.string(),
        type: z.string(),
        action: z.enum(actions),
        dependsOn: z.array(z.string()),
      }),
    ),
  }),
});

export interface SavedPlan {
  readonly template: string;
  readonly options: StackOptions & MoveOptions;
  readonly stack: string;
  readonly digest: string;
  /** The template's path in the repository. */
  readonly file: string;
  /** As somebody may have edited them: to be drawn, never to be applied. */
  readonly changes: readonly DrawnChange[];
}

/** The text of a plan file. Paths in it are from the project's top, so that it can be applied from any of its folders. */
export function planFile(
  terminal: Terminal,
  saved: { readonly plan: Plan; readonly template: string; readonly options: StackOptions & MoveOptions },
): string {
  const { environment, region, parameters, movedFrom } = saved.options;
  const data = {
    format: 1,
    template: repositoryPath(terminal, saved.template),
    environment,
    region,
    parameters: parameters && repositoryPath(terminal, parameters),
    movedFrom: movedFrom && repositoryPath(terminal, movedFrom),
    plan: saved.plan,
  };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/**
 * Reads a plan file. What is applied is never the file's own changes, which anybody can edit, but a new plan that
 * must come to the same digest. Throws `plan-file` for anything that is not such a file, `usage` where there is none.
 */
export async function readPlanFile(terminal: Terminal, path: string): Promise<SavedPlan> {
  const refuse = (detail: string) =>
    new SlipwayError('plan-file', {
      summary: `${path} is not a plan file`,
      detail,
      remedy: 'Write one with slipway plan --out.',
    });
  const text = await readNamedFile(terminal, path, 'a plan file');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const parsed = planFileSchema.safeParse(data);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  const { template, environment, region, parameters, movedFrom, plan } = parsed.data;
  return {
    template: pathInProject(terminal, template),
    options: {
      ...(environment === undefined ? {} : { environment }),
      ...(region === undefined ? {} : { region }),
      ...(parameters === undefined ? {} : { parameters: pathInProject(terminal, parameters) }),
      ...(movedFrom === undefined ? {} : { movedFrom: pathInProject(terminal, movedFrom) }),
    },
    stack: plan.stack,
    digest: plan.digest,
    file: plan.file,
    changes: plan.changes,
  };
}
