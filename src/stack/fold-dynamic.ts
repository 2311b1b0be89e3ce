import { unknown, type Value } from '../base/value.ts';
import { didYouMean, problem, quote } from '../template/problem.ts';
import type { TemplateNode } from '../template/template.ts';
import { dynamicReferences, secretServices } from './dynamic-reference.ts';
import { foldFunction } from './fold.ts';
import type { Site } from './folding.ts';

/** `{{resolve:ssm:...}}` becomes its value; the secret services become a `SecretReference` inside a Join. */
export function foldDynamicReferences(text: string, node: TemplateNode, site: Site): Value {
  const { lookups, diagnostics } = site.folding;
  const parts = dynamicReferences(text).map((part): Value => {
    if (part.kind === 'text') return part.text;
    if (part.service === 'ssm') {
      const value = lookups.ssm(part.rest);
      if (value !== undefined) return value;
      diagnostics.push(
        problem(
          'cloud-unresolved',
          node.where,
          `There is no SSM parameter ${quote(part.rest)}`,
          'Create it, or correct the name',
        ),
      );
      return unknown;
    }
    if (secretServices.includes(part.service)) {
      lookups.secret(part.reference);
      return { $slipway: 'resolve', reference: part.reference };
    }
    diagnostics.push(
      problem(
        'template-intrinsic',
        node.where,
        `There is no dynamic reference to ${quote(part.service)}`,
        didYouMean(part.service, ['ssm', ...secretServices], 'Use ssm, ssm-secure, secretsmanager or vault'),
      ),
    );
    return unknown;
  });
  // A text with one malformed reference comes back whole; it must not be looked at again.
  return parts.length === 1 ? parts[0]! : foldFunction('Fn::Join', ['', parts], node, site);
}
