import { type Checking, fail } from '../checking.ts';
import { possibleValues } from './known-values.ts';
import { type Assumption, areTogether } from './worlds.ts';

interface Association {
  readonly logicalId: string;
  readonly assuming: readonly Assumption[];
}

/** A subnet has one route table: EC2 refuses a second association while the first is there. */
export function checkAssociations(checking: Checking): void {
  const found = new Map<string, Association[]>();
  for (const { logicalId, type, properties, condition } of checking.template.resources.values()) {
    if (type !== 'AWS::EC2::SubnetRouteTableAssociation') continue;
    const own = condition ? [{ condition: condition.name, holds: true }] : [];
    for (const { node, assuming } of possibleValues(properties?.entries.get('SubnetId')?.value)) {
      if (node.kind !== 'intrinsic' || node.name !== 'Ref' || node.argument.kind !== 'scalar') continue;
      const subnet = String(node.argument.value);
      const together = [...own, ...assuming];
      const others = found.get(subnet) ?? [];
      const other = others.find(
        (one) =>
          one.logicalId !== logicalId &&
          areTogether([...one.assuming, ...together], checking.template) === true,
      );
      // More of them than this tell nothing new, and would take the square of the time.
      if (others.length < 20) found.set(subnet, [...others, { logicalId, assuming: together }]);
      if (!other) continue;
      const summary = `${subnet} has a route table already, by ${other.logicalId}`;
      fail(checking, 'template-property-value', node.where, summary, 'Keep one association for each subnet');
    }
  }
}
