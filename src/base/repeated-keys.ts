import { type Document, isNode, isScalar, visit } from 'yaml';

/**
 * Keys that a mapping of a YAML document has more than once. The library's own check holds each key against every
 * other, which takes minutes for a file that anybody may propose: read with `uniqueKeys: false`, and ask this.
 */
export function repeatedKeys(document: Document): { readonly message: string; readonly pos: [number] }[] {
  const found: { readonly message: string; readonly pos: [number] }[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        const at = isNode(key) ? (key.range?.[0] ?? 0) : 0;
        if (seen.has(name)) found.push({ message: 'Map keys must be unique', pos: [at] });
        seen.add(name);
      }
    },
  });
  return found;
}
