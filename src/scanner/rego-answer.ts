/**
 * What a Rego rule answers: a set (or list) of texts, or of objects with a `msg`, as Conftest and Gatekeeper have it.
 * In: the value, which an operator's rule made of an author's template. Out: hits.
 */
import { z } from 'zod';
import { severities } from '../policy/finding.ts';
import { done, failed, type Hit, levels, type Scanned } from './scanner.ts';

const denial = z.union([
  z.string().transform((msg) => ({ msg })),
  z.object({
    msg: z.string(),
    id: z.string().optional(),
    title: z.string().optional(),
    remedy: z.string().optional(),
    level: z.enum(levels).optional(),
    severity: z.enum(severities).optional(),
    resource: z.string().optional(),
    path: z.string().optional(),
  }),
]);
const answer = z.array(denial);

type Denial = Extract<z.output<typeof denial>, { id?: unknown }>;

/** @param value undefined where the rule has none: then nothing was judged */
export function readAnswer(value: unknown): Scanned {
  if (value === undefined) {
    const remedy = 'Have the operator name the rule that denies, such as slipway/deny, and load it.';
    return failed('There is no such rule', remedy);
  }
  const parsed = answer.safeParse(value);
  if (parsed.success) return done(parsed.data.map(hitOf));
  const [issue] = parsed.error.issues;
  const at = issue?.path.length ? ` at ${issue.path.map(String).join('.')}` : '';
  return failed(
    `Its answer is no list of texts or of objects with msg${at}`,
    'Have the operator mend the rule: it gives a set of texts, or of objects with msg and, where wanted, id, title, remedy, severity, resource and path.',
  );
}

function hitOf({ msg, id = 'deny', level = 'error', resource, ...rest }: Denial): Hit {
  const { title, remedy, severity, path } = rest;
  return {
    rule: id,
    message: msg,
    level,
    ...(title === undefined ? {} : { title }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(severity === undefined ? {} : { severity }),
    ...(resource === undefined ? {} : { logicalId: resource }),
    ...(path === undefined ? {} : { path }),
  };
}
