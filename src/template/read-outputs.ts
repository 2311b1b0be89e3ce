import { type Expecting, kindOf } from './sections.ts';
import type { MapNode, OutputDeclaration } from './template.ts';

const keys = ['Value', 'Description', 'Export', 'Condition'];

/** Reads the Outputs section. */
export function readOutputs(section: MapNode, expect: Expecting): Map<string, OutputDeclaration> {
  const outputs = new Map<string, OutputDeclaration>();
  for (const [name, entry] of section.entries) {
    if (!expect.logicalName(name, entry, 'The output')) continue;
    const map = expect.map(entry.value, `Output ${name}`);
    if (!map) continue;
    expect.onlyKeys(map, keys, 'An output');
    const value = map.entries.get('Value')?.value;
    if (!value || (value.kind === 'scalar' && value.value === null)) {
      expect.fail(entry.keyWhere, `Output ${name} has no Value`, 'Add its Value');
      continue;
    }
    const description = map.entries.get('Description')?.value;
    const descriptionText = description && expect.text(description, 'Description');
    const condition = map.entries.get('Condition')?.value;
    const conditionName = condition && expect.text(condition, 'Condition');
    const exported = map.entries.get('Export')?.value;
    const exportName = exported && readExportName(exported, expect);
    outputs.set(name, {
      name,
      ...(descriptionText === undefined ? {} : { description: descriptionText }),
      value,
      ...(exportName ? { exportName } : {}),
      ...(conditionName === undefined ? {} : { condition: { name: conditionName, where: condition!.where } }),
      where: entry.keyWhere,
    });
  }
  return outputs;
}

function readExportName(node: OutputDeclaration['value'], expect: Expecting) {
  const map = node.kind === 'map' ? node : undefined;
  if (!map) return expect.fail(node.where, `Export must be a mapping with a Name, not ${kindOf(node)}`);
  expect.onlyKeys(map, ['Name'], 'Export');
  return map.entries.get('Name')?.value ?? expect.fail(node.where, 'Export has no Name', 'Add its Name');
}
