/**
 * The schema of `.github/slipway.yml`: the only one. The types, the JSON Schema for editors and the reference in
 * the README are made from it, so every key says here what it means.
 */
import * as z from 'zod';
import { type ApprovalRule, defaultRule, type OverrideRule } from '../approval/approval.ts';
import { isEnvironmentName } from '../approval/command.ts';
import { isApproverPrincipal, isPrincipal } from '../approval/people.ts';
import type { Price, Prices } from '../plan/cost.ts';
import type { Exception } from '../policy/exceptions.ts';
import { handOver } from './hand-over.ts';

export const defaultTemplates: readonly string[] = ['infra/**/*.{yml,yaml,json}'];
export const defaultPolicies: readonly string[] = ['default'];

const principal = z
  .string()
  .refine(isPrincipal, { message: 'must be @user, @organisation/team or write' })
  .meta({ title: '`@user`, `@org/team` or `write`' });

const approver = z
  .string()
  .refine(isApproverPrincipal, { message: 'must be @user, @organisation/team, write or codeowners' })
  .meta({ title: '`@user`, `@org/team`, `write` or `codeowners`' });

const environmentName = z.string().refine(isEnvironmentName, {
  message: 'must be letters, digits, - and _, at most 63, and begin with a letter or digit',
});

const approvalRule = z.strictObject({
  from: z
    .array(approver)
    .min(1)
    .describe(
      'Whose approvals count, teams with the teams below them. `write` means anyone with write permission on the ' +
        'repository; `codeowners` those of them who own the template by CODEOWNERS of the base branch.',
    ),
  count: z.int().min(1).max(100).default(1).describe('How many different people of these have to approve.'),
  when: z.exactOptional(
    z
      .string()
      .max(2000)
      .meta({ title: 'CEL' })
      .describe(
        'A condition over `changes`, `findings`, `author`, `labels`, `paths` (of all files that the pull request ' +
          'changes), `environment`, `stack`, `template` and, with `prices`, `cost.change`, `cost.before` and ' +
          "`cost.after`, such as `changes.exists(c, c.action == 'delete')`. The rule applies when it is true, or " +
          'cannot be decided. Without it the rule always applies.',
      ),
  ),
}) satisfies z.ZodType<ApprovalRule>;

const policyId = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { message: 'must be the id of a policy' });
/** A policy of ours, or a rule of a scanner: `checkov/CKV_AWS_24`. */
const findingId = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[\w.:-]{1,100})?$/, { message: 'must be the id of a policy' });

const overrideRule = z.strictObject({
  policies: z
    .array(findingId)
    .min(1)
    .meta({ title: 'ids of policies' })
    .describe('Which policies. Only findings of `overridable` ones can be overridden.'),
  from: z.array(approver).min(1).describe('Who may override them, as in `approvals`.'),
}) satisfies z.ZodType<OverrideRule>;

const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
  error: 'must be a text, a number, true, false or a list of texts',
});

const exception = z.strictObject({
  policy: findingId.describe('The id of the policy.'),
  resource: z.string().min(1).max(255).describe('The logical id of the resource.'),
  template: z.exactOptional(
    z
      .string()
      .min(1)
      .describe(
        'The path of the template, as its stack is called by it: the exception goes with the stack when the template ' +
          'is moved, and is not for what is moved to the path later. Without it: in every template.',
      ),
  ),
  until: z.iso
    .date({ error: 'must be a day such as 2026-12-31' })
    .meta({ title: 'day' })
    .describe('The last day on which it holds, in UTC.'),
  reason: z.string().trim().min(1).max(500).describe('Why, for those who read the plan.'),
  by: z.string().trim().min(1).max(100).describe('Who answers for it.'),
}) satisfies z.ZodType<Exception>;

const leasedPath = z.string().regex(/^[\w-]+(?:\/[\w-]+)*\/(?:creds|sts)\/[\w+=,.@-]+$/, {
  message: 'must be a path in Vault that leases AWS credentials, such as aws/creds/shop',
});

const environment = z.strictObject({
  region: z.exactOptional(
    z
      .string()
      .regex(/^[a-z]{2,3}(?:-[a-z]+)+-\d{1,2}$/, { message: 'must be a region such as eu-west-1' })
      .describe(
        "The region the stacks live in. Without it: the region that Slipway's own configuration names.",
      ),
  ),
  account: z.exactOptional(
    z
      .string()
      .regex(/^\d{12}$/, { message: 'must be twelve digits' })
      .meta({ title: 'twelve digits, in quotes' })
      .describe(
        'The account. Credentials for any other one are refused. Without it: whatever account they are for.',
      ),
  ),
  role: z.exactOptional(
    z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, {
        message: 'must be the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME',
      })
      .meta({ title: 'role ARN' })
      .describe(
        'The IAM role that Slipway assumes, in sessions that bear the tags `slipway:repository` and ' +
          '`slipway:environment`. Without it: the credentials that Slipway runs with.',
      ),
  ),
  'external-id': z.exactOptional(
    z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, {
        message: 'must be 2 to 1224 letters, digits and _+=,.@:/-',
      })
      .describe(
        "What the role's trust policy asks for as `sts:ExternalId`, where it does. It is no secret. Only with `role`.",
      ),
  ),
  secrets: z.exactOptional(
    z
      .array(z.string().min(1))
      .meta({ title: 'globs' })
      .describe(
        'Paths in Vault that templates may read in this environment, such as `secret/data/shop/*`. Without it: none.',
      ),
  ),
  vault: z.exactOptional(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'must be the name of a Vault' })
      .describe(
        "Which of the operator's Vaults it reads from, by the name in Slipway's own configuration. Without it: `default`.",
      ),
  ),
  credentials: z.exactOptional(
    z
      .strictObject({
        plan: leasedPath.describe('For planning, drift and compliance: what only reads.'),
        apply: leasedPath.describe('For the run that applies a plan.'),
      })
      .meta({ title: '`plan` and `apply`: paths in Vault' })
      .describe(
        'Where Vault leases AWS credentials, such as `{ plan: aws/creds/shop-read, apply: aws/creds/shop-write }`. ' +
          'Taken for each plan and each run, and revoked at its end. Instead of `role`.',
      ),
  ),
  'vault-writes': z.exactOptional(
    z
      .array(z.string().min(1))
      .meta({ title: 'globs' })
      .describe(
        'Paths in Vault that resources of templates may be at in this environment, such as `secret/data/shop/**` and ' +
          '`sys/policies/acl/shop-*`. A policy of a template may give no more than these, and reading `secrets`. ' +
          'Without it: none.',
      ),
  ),
  'hand-over': z.exactOptional(
    handOver
      .meta({ title: 'mapping' })
      .describe(
        'Where [outputs](#handing-outputs-over) of templates may go once they are applied. Without it: nowhere.',
      ),
  ),
  after: z
    .array(z.string())
    .default([])
    .meta({ title: 'environment names' })
    .describe('Environments that have to be applied first on a merge.'),
  approvals: z
    .array(approvalRule)
    .min(1)
    .max(20)
    .default([{ from: [...defaultRule.from], count: defaultRule.count }])
    .describe(
      'Every rule that applies has to be met; where none applies, one person with write permission has to approve. ' +
        'The author, committers and bots never count.',
    ),
  approve: z.exactOptional(
    z
      .enum(['before-merge', 'after-merge'])
      .meta({ title: '`before-merge` or `after-merge`' })
      .describe(
        'When approval is asked for. `after-merge`: the merge does not wait for it; once the environments in `after` ' +
          'have been applied it is planned again and shown, and approvals count from then on. Without it: `before-merge`.',
      ),
  ),
  overrides: z.exactOptional(
    z
      .array(overrideRule)
      .min(1)
      .max(20)
      .describe(
        'Who may lift the findings of which policies with `/slipway override`, for the plan that is shown. ' +
          'Without it: nobody.',
      ),
  ),
  allow: z.exactOptional(
    z
      .array(exception)
      .min(1)
      .max(100)
      .describe(
        'Exceptions from `overridable` policies, until a day. One that is over is a finding itself, and what it let ' +
          'through counts again.',
      ),
  ),
  'policy-parameters': z.exactOptional(
    z
      .record(policyId, z.record(z.string(), parameterValue))
      .meta({ title: 'values by policy' })
      .describe(
        'Values for parameters of policies, instead of their defaults: `{ allowed-regions: { regions: [eu-west-1] } }`.',
      ),
  ),
});

const amount = z.number().min(0).max(1_000_000_000);
const propertyName = z.string().regex(/^[A-Za-z0-9]{1,255}$/, { message: 'must be the name of a property' });

const price = z.union(
  [
    amount,
    z.strictObject({
      by: propertyName,
      per: z.exactOptional(propertyName),
      values: z.record(z.string(), amount),
    }),
  ],
  { error: 'must be a number, or a mapping with by and values' },
) satisfies z.ZodType<Price>;

const typeName = z
  .string()
  .regex(/^[A-Za-z0-9]+(?:::[A-Za-z0-9]+){1,3}$/, { message: 'must be a type such as AWS::EC2::Instance' });

const prices = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, { message: 'must be three letters such as USD' })
      .meta({ title: 'three letters' })
      .describe('What the prices are in, such as `USD`.'),
    resources: z
      .record(typeName, price)
      .meta({ title: 'prices by type' })
      .describe(
        'What each resource of a type costs a month: a number, or one for each value of the property `by`, times ' +
          'the number in the property `per` where that is given: `{ by: VolumeType, per: Size, values: { gp3: 0.08 } }`. ' +
          'Other types cost nothing.',
      ),
  })
  .meta({ title: 'mapping' }) satisfies z.ZodType<Prices>;

export const settingsSchema = z
  .strictObject({
    templates: z
      .array(z.string().min(1))
      .min(1)
      .default([...defaultTemplates])
      .meta({ title: 'globs' })
      .describe('Which files are templates. Only those that hold `Resources` are planned.'),
    environments: z
      .record(environmentName, environment)
      .default({
        default: { after: [], approvals: [{ from: [...defaultRule.from], count: defaultRule.count }] },
      })
      .describe('The targets. Each template is one stack in each environment.'),
    operators: z
      .array(principal)
      .default([])
      .describe(
        'Who may give commands. Empty: anyone with write permission. Approving is by the rules alone.',
      ),
    policies: z
      .array(z.string().min(1))
      .default([...defaultPolicies])
      .meta({ title: 'names of packs' })
      .describe(
        'The policy packs that plans are checked against. With Slipway come `default`, `cis-aws`, `aws-fsbp` and `governance`.',
      ),
    'code-scanning': z.exactOptional(
      z
        .boolean()
        .meta({ title: 'true or false' })
        .describe(
          'Whether findings go to GitHub code scanning as well, where the repository has it turned on. Without it: no.',
        ),
    ),
    prices: z.exactOptional(
      prices.describe(
        'What resources cost a month, for the comment and for conditions over `cost`. Without it: nothing is said of cost.',
      ),
    ),
  })
  .meta({ title: 'Slipway settings', description: 'Settings of a repository, in .github/slipway.yml' });

export type EnvironmentSettings = z.output<typeof environment>;
