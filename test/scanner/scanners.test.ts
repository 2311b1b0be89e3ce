import { expect, test } from 'vitest';
import { sarifScanner } from '../../src/scanner/sarif-scanner.ts';
import { done, type Scanner } from '../../src/scanner/scanner.ts';
import { scannersOf } from '../../src/scanner/scanners.ts';
import { network, planOf, textOf, weights } from './texts.ts';

const plan = planOf({ Vpc: 'create' });
const template = textOf(network);
const saying = (message: string, reads: Scanner['reads'] = 'template'): Scanner => ({
  reads,
  scan: async ({ plan: given }) =>
    done([{ rule: 'R', message: `${message}${given === undefined ? '' : ' of a plan'}`, level: 'error' }]),
});
const open = (...scanners: Scanner[]) =>
  scannersOf(scanners.map((scanner, index) => ({ scanner, weights: { ...weights, id: `s${index}` } })));

test('all are asked, and only those that look at the plan are given it', async () => {
  const found = await open(saying('a'), saying('b', 'plan'))
    .begin(template)
    .findings(plan, () => undefined);
  expect(found.map(({ policy, message }) => `${policy} ${message}`)).toEqual(['s0/R a', 's1/R b of a plan']);
});

test('those that need no plan begin before there is one', () => {
  const asked: string[] = [];
  const asking = (reads: Scanner['reads']): Scanner => ({
    reads,
    async scan() {
      asked.push(reads);
      return done([]);
    },
  });
  open(asking('plan'), asking('template')).begin(template);
  expect(asked).toEqual(['template']);
});

test('one that breaks has judged nothing, and does not break the others', async () => {
  const broken: Scanner = { reads: 'template', scan: () => Promise.reject(new Error('Maximum call stack')) };
  const scanning = open(broken, saying('a')).begin(template);
  // Nobody waits for it yet.
  await new Promise((resolve) => setTimeout(resolve, 10));
  const found = await scanning.findings(plan, () => undefined);
  expect(found.map(({ policy }) => policy)).toEqual(['s0/failed', 's1/R']);
});

test('a tool is not asked about what is called JSON and is none: it may see nothing in it, and say so', async () => {
  const { scan } = sarifScanner({
    kind: 'sarif',
    command: ['slipway-has-no-such-tool'],
    environment: {},
    timeout: 1_000,
    ...weights,
  });
  const reasonOf = async (text: string) => scan({ template: textOf(text, 'infra/shop.json') });
  expect(await reasonOf(network)).toMatchObject({ reason: expect.stringContaining('is no JSON') });
  const json = '{ "Resources": { "Vpc": { "Type": "AWS::EC2::VPC" } } }';
  expect(await reasonOf(json)).toMatchObject({ reason: expect.stringContaining('could not be started') });
});
