import { type Checking, fail } from '../checking.ts';
import { quote } from '../problem.ts';
import type { TemplateNode } from '../template.ts';

/**
 * Ids of statements: each only once in a document, and for IAM of letters and digits. Those of which a condition
 * decides are not compared.
 *
 * @param isPlain whether only letters and digits will do
 */
export function checkSids(statements: TemplateNode, isPlain: boolean, checking: Checking): void {
  const seen = new Set<string>();
  for (const one of statements.kind === 'list' ? statements.items : [statements]) {
    const sid = one.kind === 'map' ? one.entries.get('Sid')?.value : undefined;
    if (sid?.kind !== 'scalar') continue;
    const text = String(sid.value);
    const wrong = (summary: string, remedy: string) =>
      fail(checking, 'template-property-value', sid.where, summary, remedy);
    if (isPlain && !/^[A-Za-z0-9]*$/.test(text))
      wrong(`Sid cannot be ${quote(text)}`, 'Use letters and digits only');
    if (seen.has(text))
      wrong(`The document has two statements with the Sid ${quote(text)}`, 'Rename one of them');
    seen.add(text);
  }
}
