import type { SourceRange } from '../base/source.ts';
import type { DesiredStack } from './stack.ts';

/**
 * Where a property of a resource stands, or with an empty path the resource. Undefined for a property that the template
 * does not write: whoever asks goes on with the one above it, which is nearer than the resource.
 */
export function placeOf(
  desired: DesiredStack | undefined,
  logicalId: string,
  path: string,
): SourceRange | undefined {
  const resource = desired?.resources.get(logicalId);
  return path === '' ? resource?.where : resource?.positions.get(path);
}
