/**
 * A policy to begin with: right as it stands, keeps its own examples, and says at each key what to put there.
 *
 * @param properties of the type: it asks for tags where the type has some, else for its first property
 */
export function policySkeleton(id: string, type: string, properties: readonly string[]): string {
  const property = properties.includes('Tags') ? 'Tags' : (properties[0] ?? 'Name');
  const isTags = property === 'Tags';
  const deny = isTags ? `"!hasTag(after.Tags, 'owner')"` : `after.${property} == null`;
  const good = isTags ? '{ Tags: [{ Key: owner, Value: shop-team }] }' : `{ ${property}: example }`;
  const missing = isTags ? "no tag 'owner'" : `no ${property}`;
  const remedy = isTags ? 'Add the tag `owner` with the name of a team.' : `Set ${property}.`;
  return `id: ${id}
# What has to be so, in a few words.
title: Everything has ${isTags ? 'an owner' : property}
# low, medium, high or critical
severity: medium
# advisory informs; overridable and mandatory block.
enforcement: advisory
match:
  # Types may have wildcards: AWS::EC2::*
  types: [${type}]
# A CEL expression, true where the policy is broken. after: the properties as they will be; what is left out is null.
deny: ${deny}
# What is wrong, with values.
message: \${{ resource.logicalId }} has ${missing}
remedy: ${remedy}
# The property that a finding points at.
property: ${property}
examples:
  pass:
    - type: ${type}
      properties: ${good}
  fail:
    - type: ${type}
      properties: {}
`;
}
