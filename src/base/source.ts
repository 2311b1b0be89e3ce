/** A place in a file that a person wrote. Lines and columns count from 1, as editors and GitHub do. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** `infra/shop.yaml:42:7`, which terminals and editors make clickable. */
export function formatSource(where: SourceRange): string {
  return `${where.file}:${where.line}:${where.column}`;
}
