import type { SourceRange } from '../base/source.ts';
import type { Properties } from '../base/value.ts';
import { problem } from '../template/problem.ts';
import type { OutputDeclaration, ResourceDeclaration } from '../template/template.ts';
import { fold, foldMap } from './fold.ts';
import { conditionHolds } from './fold-condition.ts';
import { absent, type Folding } from './folding.ts';
import type { DesiredOutput, DesiredResource } from './stack.ts';

/** Undefined when the resource's condition is false. */
export function resolveResource(
  declaration: ResourceDeclaration,
  folding: Folding,
): DesiredResource | undefined {
  const { logicalId, type, condition, metadata, where } = declaration;
  if (condition && conditionHolds(condition.name, condition, folding) === false) return undefined;
  const references = new Set<string>();
  const positions = new Map<string, SourceRange>();
  const site = { folding, references, positions, inCondition: false };
  const given = declaration.properties ? foldMap(declaration.properties, site, '') : {};
  const updatePolicy = declaration.updatePolicy && fold(declaration.updatePolicy.value, site, 'UpdatePolicy');
  // From here on it is planned and applied as any property is, which no published schema has.
  const properties =
    updatePolicy === undefined || updatePolicy === null || updatePolicy === absent
      ? given
      : { ...given, UpdatePolicy: updatePolicy };
  if (declaration.updatePolicy) positions.set('UpdatePolicy', declaration.updatePolicy.keyWhere);
  for (const { logicalId: other } of declaration.dependsOn) {
    // As in CloudFormation, waiting for what a condition removed is waiting for nothing.
    const needed = folding.template.resources.get(other);
    if (!needed?.condition || conditionHolds(needed.condition.name, needed.condition, folding) !== false) {
      references.add(other);
    }
  }
  const deletionPolicy = declaration.deletionPolicy ?? 'Delete';
  return {
    logicalId,
    type,
    properties,
    dependsOn: [...references].sort(),
    deletionPolicy,
    ...(declaration.deletionPolicy === undefined ? { deletionPolicyIsDefault: true } : {}),
    updateReplacePolicy: declaration.updateReplacePolicy ?? 'Delete',
    metadata: metadata ? resolveMetadata(metadata, folding) : {},
    where,
    positions,
  };
}

/** Metadata may refer to anything, but makes no edges. */
function resolveMetadata(
  metadata: NonNullable<ResourceDeclaration['metadata']>,
  folding: Folding,
): Properties {
  return foldMap(metadata, { folding, references: new Set(), inCondition: false }, undefined);
}

/** Undefined when the output's condition is false. */
export function resolveOutput(declaration: OutputDeclaration, folding: Folding): DesiredOutput | undefined {
  const { name, description, condition, exportName, where } = declaration;
  if (condition && conditionHolds(condition.name, condition, folding) === false) return undefined;
  const site = { folding, references: new Set<string>(), inCondition: false };
  const value = fold(declaration.value, site);
  if (value === absent) return undefined;
  const exported = exportName && fold(exportName, site);
  if (exportName && typeof exported !== 'string') {
    folding.diagnostics.push(
      problem(
        'template-intrinsic',
        exportName.where,
        'The name of an export must be known before anything is created',
        'Make it of texts, parameters and pseudo parameters',
      ),
    );
  }
  return {
    name,
    ...(description === undefined ? {} : { description }),
    value,
    ...(typeof exported === 'string' ? { exportName: exported } : {}),
    where,
  };
}
