import { expect, test } from 'vitest';
import { typeSchemas } from '../../src/provider/schemas.ts';
import type { StackRecord } from '../../src/state/state.ts';
import type { StackSource } from '../../src/workflow/plan-stack.ts';
import { orderStacks } from '../../src/workflow/stack-order.ts';

const environment = { name: 'dev', region: 'eu-west-1', after: [], approvals: [] };

function text(gives: readonly string[], takes: readonly string[]): string {
  const tags = takes.map((name) => `{ Key: ${name}, Value: !ImportValue ${name} }`);
  const outputs = gives.map((name) => `  ${name}: { Value: text, Export: { Name: ${name} } }\n`);
  return `Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, Tags: [${tags.join(', ')}] } }
${outputs.length > 0 ? `Outputs:\n${outputs.join('')}` : ''}`;
}

function source(stack: string, text: string | undefined): StackSource {
  return { stack, environment, file: `${stack}.yaml`, text, packs: [] };
}

function recorded(id: string, gives: readonly string[], takes: readonly string[]): StackRecord {
  const outputs = Object.fromEntries(gives.map((name) => [name, { value: 'text', exportName: name }]));
  const where = { environment: 'dev', account: '1', region: 'eu-west-1', file: `${id}.yaml` };
  return { id, ...where, status: 'applied', outputs, imports: takes, updatedAt: '' };
}

const order = (sources: readonly StackSource[], stacks: readonly StackRecord[] = []) =>
  orderStacks({ schemas: typeSchemas, defaultRegion: undefined }, sources, stacks).sources.map(
    (s) => s.stack,
  );

test.each([
  [
    'who takes comes after who gives',
    [source('a', text([], ['x'])), source('b', text(['x'], []))],
    [],
    'b a',
  ],
  [
    'through a third one too',
    [source('a', text([], ['y'])), source('b', text(['y'], ['x'])), source('c', text(['x'], []))],
    [],
    'c b a',
  ],
  ['others stay as they came', [source('b', text([], [])), source('a', text([], []))], [], 'b a'],
  [
    'what is destroyed goes before what it takes from',
    [source('a', undefined), source('b', undefined)],
    [recorded('a', ['x'], []), recorded('b', [], ['x'])],
    'b a',
  ],
  [
    'who takes it no longer goes before who gives it no longer',
    [source('a', text([], [])), source('b', text([], []))],
    [recorded('a', ['x'], []), recorded('b', [], ['x'])],
    'b a',
  ],
  [
    'a circle is cut, since one of the two has to be first',
    [source('a', text(['x'], ['y'])), source('b', text(['y'], ['x']))],
    [],
    'a b',
  ],
] as const)('%s', (_, sources, stacks, expected) => {
  expect(order(sources, stacks).join(' ')).toBe(expected);
});
