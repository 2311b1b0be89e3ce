import { z } from 'zod';
import { actions } from '../plan/plan.ts';
import type { DeletionPolicy } from '../template/template.ts';
import { enforcements, severities } from './finding.ts';
import { elementPathPattern, propertyPathPattern } from './path.ts';

const line = z.string().trim().min(1).max(200);
const prose = z.string().trim().min(1).max(2_000);
const slug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case words joined by hyphens');
const properties = z.record(z.string(), z.json());

const parameterValue = z.union(
  [z.string().max(1_000), z.number(), z.boolean(), z.array(z.string().max(1_000)).max(1_000)],
  {
    error: 'must be a text, a number, true, false, or a list of texts',
  },
);
const parameterName = z
  .string()
  .max(64)
  .regex(/^[a-z][A-Za-z0-9]*$/, 'use letters and digits, the first one small: maxDeletes');

const deletionPolicies = [
  'Delete',
  'Retain',
  'RetainExceptOnCreate',
  'Snapshot',
] as const satisfies readonly DeletionPolicy[];

const exampleChange = {
  type: z.string().min(1).describe('The resource type, such as AWS::EC2::SecurityGroup.'),
  properties: properties.describe('Its properties after the change (for a delete: before it).'),
  before: properties.optional().describe('Its properties before the change; makes the action `update`.'),
  action: z.enum(actions).optional().describe('Default: `create`, or `update` where there is a `before`.'),
  deletionPolicy: z.enum(deletionPolicies).optional().describe('Default: `Delete`.'),
  updateReplacePolicy: z.enum(deletionPolicies).optional().describe('Default: `Delete`.'),
  dependsOn: z.array(z.string()).optional().describe('Logical ids that it refers to. Default: none.'),
};

const otherChange = z
  .strictObject({
    ...exampleChange,
    logicalId: z.string().optional().describe('Default: `Other1`, `Other2` and so on.'),
    times: z.int().min(1).max(1_000).optional().describe('How many there are of it. Default: 1.'),
  })
  .describe('Another change of the same plan.');

const example = z
  .strictObject({
    ...exampleChange,
    others: z
      .array(otherChange)
      .optional()
      .describe('The other changes of the plan. The resource itself has the logical id `Example`.'),
    region: z.string().optional().describe('Default: `eu-west-1`.'),
    environment: z.string().optional().describe('Default: `production`.'),
    author: z.string().optional().describe('Who opened the pull request.'),
    parameters: z
      .record(parameterName, parameterValue)
      .optional()
      .describe('Values for parameters of the policy, instead of their defaults.'),
    now: z.string().max(40).optional().describe('When it is. Default: `2026-07-15T12:00:00Z`, a Wednesday.'),
  })
  .describe('A resource that the policy is tried on.');

const match = z
  .strictObject({
    types: z
      .array(
        z
          .string()
          .max(100)
          .regex(/^[A-Za-z0-9:]*(\*[A-Za-z0-9:]*){0,3}$/, 'use letters, digits, :: and at most three *')
          .min(1),
      )
      .min(1)
      .describe('Resource types; `*` stands for any characters: `AWS::EC2::*`.'),
    actions: z
      .array(z.enum(actions))
      .min(1)
      .optional()
      .describe(
        'Which changes are looked at. Default: create, update, replace and import; and `none`, as advice: what is already there and is not touched is reported and blocks nothing.',
      ),
  })
  .describe('Which changes of a plan the policy looks at.');

const elementPath = z
  .string()
  .max(200)
  .regex(elementPathPattern, 'use property names with [*] after each list, as in Policies[*].PolicyDocument');
const elementPaths = z.union([elementPath, z.array(elementPath).min(1).max(10)], {
  error:
    'use property names with [*] after each list, as in Policies[*].PolicyDocument; or a list of such paths',
});

/** One policy as it is written. The type, the checks and the JSON Schema for editors all come from here. */
export const policyFileSchema = z
  .strictObject({
    id: slug.describe('Unique, and the name of the file. Settings and exceptions name the policy by it.'),
    title: line.describe('What has to be so, in a few words.'),
    severity: z.enum(severities).describe('How bad it is when it is not so.'),
    enforcement: z
      .enum(enforcements)
      .describe(
        '`advisory` informs; `overridable` blocks until someone with the right lifts it; `mandatory` blocks.',
      ),
    packs: z
      .array(slug)
      .default([])
      .describe('Packs that it belongs to besides that of its folder. A policy in no pack always applies.'),
    controls: z.array(line).default([]).describe('Controls of standards that it stands for: `FSBP EC2.19`.'),
    parameters: z
      .record(
        parameterName,
        z.strictObject({
          default: parameterValue.describe(
            'What it is where the settings say nothing; its kind is that of all values.',
          ),
          description: line.describe('What it decides.'),
        }),
      )
      .default({})
      .describe(
        'What settings may decide for an environment: `parameters.name` in expressions. A text, a number, true or ' +
          'false, or a list of texts, as its default is.',
      ),
    match,
    foreach: z
      .union([elementPaths, z.record(z.string(), elementPaths)], {
        error:
          'use a path such as Policies[*].PolicyDocument, a list of paths, or a mapping from types to them',
      })
      .optional()
      .describe(
        'A path to a list inside the properties, or several. `deny` is asked for each element, as `each`. Where types ' +
          'differ: a mapping from each type of `match.types` to its paths; `.` is the resource itself.',
      ),
    once: z
      .literal(true)
      .optional()
      .describe(
        'It is about the plan as a whole, not about one resource: it is asked once, at the first resource that it looks at. Name the actions.',
      ),
    deny: z.string().trim().min(1).describe('A CEL expression that is true where the policy is broken.'),
    message: prose.describe('What is wrong, for the author. `${{ expression }}` puts a value in.'),
    remedy: prose.describe('What to do about it.'),
    property: z
      .string()
      .max(200)
      .regex(propertyPathPattern, 'use property names joined by dots')
      .optional()
      .describe('The property that a finding points at, below `each` where there is a `foreach`.'),
    fix: z
      .union([
        z
          .string()
          .max(100)
          .regex(/^[A-Za-z][\w./:-]*$|^\d[\w./:-]*[/:.-][\w./:-]*$/, 'use letters, digits and . / : -'),
        z.number(),
        z.boolean(),
        z
          .strictObject({ add: z.record(z.string().regex(/^[A-Za-z]\w*$/), z.string().max(200)) })
          .describe('What the list in `property` lacks; `${{ expression }}` puts a value in.'),
      ])
      .optional()
      .describe(
        'What `property` has to be, where the remedy is that simple: it is proposed on the line as a change by one click.',
      ),
    examples: z
      .strictObject({
        pass: z.array(example).min(1).describe('Resources without a finding.'),
        fail: z.array(example).min(1).describe('Resources with one.'),
      })
      .describe("The policy's own tests; `slipway policy test` runs them."),
  })
  .refine((policy) => policy.fix === undefined || policy.property !== undefined, {
    path: ['fix'],
    message: 'name the property that it is a value of, with the key property',
  })
  .describe('A Slipway policy.');

export type ParameterValue = z.output<typeof parameterValue>;
export type PolicyFile = z.output<typeof policyFileSchema>;
export type PolicyExample = PolicyFile['examples']['pass'][number];
export type OtherChange = NonNullable<PolicyExample['others']>[number];

/** For editors: `# yaml-language-server: $schema=…`. */
export function policyFileJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(policyFileSchema, { io: 'input' });
}
