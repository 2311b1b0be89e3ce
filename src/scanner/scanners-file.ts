/**
 * The schema of the operator's file of scanners: the only one. What a scanner is given and how its findings weigh is
 * the operator's to say, so the file is read from the machine that Slipway runs on and never from a repository.
 */
import { z } from 'zod';
import { enforcements, severities } from '../policy/finding.ts';

const enforcement = z.enum(enforcements, { error: 'must be advisory, overridable or mandatory' });
const severity = z.enum(severities, { error: 'must be low, medium, high or critical' });

const timeout = z
  .string()
  .regex(/^[1-9]\d{0,2}[sm]$/, { message: 'must be a time such as 30s or 2m' })
  .default('60s')
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('m') ? 60_000 : 1_000));

const fileName = z
  .string()
  .regex(/^[\w-][\w.-]{0,99}$/, { message: 'must be the name of a file, without a folder' });

const common = {
  id: z
    .string()
    .max(40)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { message: 'must be lower-case words joined by hyphens' })
    .describe('What the ids of its findings begin with: `cfn-lint/E3012`.'),
  enforcement: enforcement
    .default('advisory')
    .describe('What a finding does: `advisory`, `overridable` or `mandatory`, as for policies.'),
  severity: z
    .strictObject({
      error: severity.default('high'),
      warning: severity.default('medium'),
      note: severity.default('low'),
    })
    .default({ error: 'high', warning: 'medium', note: 'low' })
    .describe('What its levels count as, where the tool says nothing more exact.'),
  rules: z
    .record(
      z.string().min(1).max(100),
      z.enum([...enforcements, 'ignore'], { error: 'must be advisory, overridable, mandatory or ignore' }),
    )
    .default({})
    .describe(
      'What single rules do instead; `W*` is every one that begins with W. Of Slipway are `failed`, `switched-off` and `loops`.',
    ),
  timeout: timeout.describe('How long it may take.'),
};

const untouched = z
  .enum(['advise', 'block'], { error: 'must be advise or block' })
  .default('advise')
  .describe(
    '`advise`: what is found at a resource that the plan leaves alone is told and blocks nothing, as with policies. ' +
      '`block`: it weighs in full, for rules that look at several resources at once.',
  );

const command = z.array(z.string().min(1)).min(1);

const sarif = z.strictObject({
  kind: z.literal('sarif'),
  ...common,
  command: command.describe(
    'The program and its arguments; for `sarif`, `{template}` stands for the template file. Of `cfn-guard` it has a default, `cfn-guard`.',
  ),
  output: z.exactOptional(
    fileName.describe('The file that it writes its SARIF to. Without it: standard output.'),
  ),
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, { message: 'must be the name of a variable' }), z.string())
    .default({})
    .describe('Variables that it is given besides `PATH`, `HOME` and `LANG`.'),
  untouched,
});

const guard = z.strictObject({
  kind: z.literal('cfn-guard'),
  ...common,
  command: command.default(['cfn-guard']).describe('The program.'),
  files: z.array(z.string().min(1)).min(1).describe('Files of rules, or folders of them.'),
  untouched,
});

const rego = z
  .strictObject({
    kind: z.literal('rego'),
    ...common,
    bundle: z.exactOptional(
      z.string().min(1).describe('What `opa build -t wasm` made: the bundle, or its `policy.wasm`.'),
    ),
    url: z.exactOptional(
      z
        .url({
          protocol: /^https?$/,
          error: 'must be an address such as http://127.0.0.1:8181/v1/data/slipway/deny',
        })
        .describe('A rule of an OPA server: `http://127.0.0.1:8181/v1/data/slipway/deny`.'),
    ),
    entrypoint: z.exactOptional(
      z.string().min(1).describe('Which rule of the bundle, where it has several: `slipway/deny`.'),
    ),
  })
  .refine(({ bundle, url }) => (bundle === undefined) !== (url === undefined), {
    message: 'must have a bundle or a url, and not both',
  });

const kinds = { sarif, 'cfn-guard': guard, rego } as const;
export type Kind = keyof typeof kinds;

export const scannersSchema = z.strictObject({
  scanners: z
    .array(z.discriminatedUnion('kind', [sarif, guard, rego], { error: 'must be sarif, cfn-guard or rego' }))
    .max(20)
    .default([]),
});

/** One scanner as it is written, checked. */
export type ScannerSettings = z.output<typeof scannersSchema>['scanners'][number];
export type ScannerOf<K extends Kind> = Extract<ScannerSettings, { kind: K }>;

/** The keys that a scanner of a kind has; of what is no kind, those that all have. */
export function keysOfKind(kind: unknown): readonly string[] {
  const known = Object.entries(kinds).find(([name]) => name === kind)?.[1];
  return known ? Object.keys(known.shape) : ['kind', ...Object.keys(common)];
}
