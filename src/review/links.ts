import type { SourceRange } from '../base/source.ts';
import { codeSpan, urlPath } from './escape.ts';
import type { Review } from './review.ts';

/** `[infra/shop.yaml:42](...)`, to the line at the commit that was planned. */
export function sourceLink(review: Pick<Review, 'repositoryUrl' | 'headSha'>, where: SourceRange): string {
  const url = `${review.repositoryUrl}/blob/${review.headSha}/${urlPath(where.file)}#L${where.line}`;
  // Brackets and backticks in the text of a link are read differently by different parsers.
  const text = `${where.file}:${where.line}`.replace(/[[\]`]/g, '·');
  return `[${codeSpan(text)}](${url})`;
}
