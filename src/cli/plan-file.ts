import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SlipwayError } from '../base/error.ts';
import { actions, type Plan } from '../plan/plan.ts';
import type { DrawnChange } from '../review/graph-model.ts';
import type { StackOptions } from './local.ts';

/** What `plan --out` writes: the plan for people and tools to read, and how it was asked for. */
const planFileSchema = z.strictObject({
  format: z.literal(1),
  template: z.string(),
  environment: z.string().optional(),
  region: z.string().optional(),
  parameters: z.string().optional(),
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
  readonly options: StackOptions;
  readonly stack: string;
  readonly digest: string;
  /** The template's path in the repository. */
  readonly file: string;
  /** As somebody may have edited them: to be drawn, never to be applied. */
  readonly changes: readonly DrawnChange[];
}

export function planFile(saved: { plan: Plan; template: string; options: StackOptions }): string {
  const { environment, region, parameters } = saved.options;
  return `${JSON.stringify({ format: 1, template: saved.template, environment, region, parameters, plan: saved.plan }, undefined, 2)}\n`;
}

/**
 * Reads a plan file. What is applied is never the file's own changes, which anybody can edit, but a new plan that
 * must come to the same digest. Throws `plan-file` for anything that is not such a file.
 */
export async function readPlanFile(path: string): Promise<SavedPlan> {
  const refuse = (detail: string) =>
    new SlipwayError('plan-file', {
      summary: `${path} is not a plan file`,
      detail,
      remedy: 'Write one with slipway plan --out.',
    });
  let data: unknown;
  try {
    data = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const parsed = planFileSchema.safeParse(data);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  const { template, environment, region, parameters, plan } = parsed.data;
  return {
    template,
    options: {
      ...(environment === undefined ? {} : { environment }),
      ...(region === undefined ? {} : { region }),
      ...(parameters === undefined ? {} : { parameters }),
    },
    stack: plan.stack,
    digest: plan.digest,
    file: plan.file,
    changes: plan.changes,
  };
}
