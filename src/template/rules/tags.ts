import type { SourceRange } from '../../base/source.ts';
import { type Checking, fail } from '../checking.ts';
import { quote } from '../problem.ts';
import type { TemplateNode } from '../template.ts';

/**
 * What no service of AWS takes as tags: a key twice, and a key of AWS's own. Source: 'Tag naming limits and
 * requirements' of the AWS tagging guide.
 *
 * @param node a list of `{ Key, Value }`, or a mapping of keys to values
 */
export function checkTags(node: TemplateNode, checking: Checking): void {
  const seen = new Set<string>();
  for (const { text, where } of keysIn(node)) {
    const wrong = (summary: string, remedy: string) =>
      fail(checking, 'template-property-value', where, summary, remedy);
    if (seen.has(text)) wrong(`The tag ${quote(text)} is given twice`, 'Remove one of them');
    if (/^aws:/i.test(text))
      wrong(`The tag ${quote(text)} begins with aws:, which is for AWS itself`, 'Rename it');
    seen.add(text);
  }
}

/** Those that are plain, of tags that are there in any case. */
function keysIn(node: TemplateNode): readonly { readonly text: string; readonly where: SourceRange }[] {
  if (node.kind === 'map')
    return [...node.entries].map(([text, { keyWhere }]) => ({ text, where: keyWhere }));
  if (node.kind !== 'list') return [];
  return node.items.flatMap((item) => {
    const key = item.kind === 'map' ? item.entries.get('Key')?.value : undefined;
    return key?.kind === 'scalar' ? [{ text: String(key.value), where: key.where }] : [];
  });
}
