import { describe, expect, test } from 'vitest';
import { compileCondition, type Subject } from '../../src/approval/condition.ts';
import { change, openSsh } from '../review/plans.ts';

const changes = [
  change('Web', 'AWS::EC2::Instance', 'replace', { replaceBecause: ['SubnetId'] }),
  change('Old', 'AWS::EC2::Subnet', 'delete'),
];

const subject: Subject = {
  changes,
  findings: [openSsh],
  author: 'author',
  labels: ['infrastructure', 'urgent'],
  paths: ['infra/shop.yaml', 'src/server.js'],
  environment: 'prod',
  stack: 'acme/shop:infra/shop.yaml@prod',
  template: 'infra/shop.yaml',
};

function evaluate(source: string): unknown {
  const compiled = compileCondition(source);
  return 'problem' in compiled ? compiled.problem : compiled.condition.evaluate(subject);
}

describe('a condition that can be used', () => {
  test.each([
    ["changes.exists(c, c.action == 'delete')", true],
    ["changes.exists(c, c.action in ['import', 'forget'])", false],
    ["changes.all(c, c.type.startsWith('AWS::EC2::'))", true],
    ["changes.filter(c, c.action == 'replace').size() == 1", true],
    ["changes.exists(c, 'SubnetId' in c.replaceBecause)", true],
    ["findings.exists(f, f.severity in ['high','critical'])", true],
    ["findings.exists(f, f.enforcement == 'advisory') || size(changes) > 1", true],
    ['size(changes) > 1 ? true : false', true],
    ['changes.exists(c, findings.exists(f, f.logicalId == c.logicalId))', false],
    ["author == 'author'", true],
    ["'urgent' in labels && environment == 'prod'", true],
    ["paths.exists(p, p.startsWith('src/'))", true],
    ['paths.all(p, p == template)', false],
    ["stack.startsWith('acme/shop:') && template.endsWith('.yaml')", true],
    ["changes.map(c, c.type).exists(t, t.lowerAscii() == 'aws::ec2::subnet')", true],
  ])('%s: %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });
});

describe('a condition that cannot ever work is refused with a reason', () => {
  test.each([
    ['changes.exists(', /^at 1:8: found/],
    ['', /found|expected/i],
    ["change.exists(c, c.action == 'x')", /^There is no name change; did you mean changes\?$/],
    ["changes.exists(c, c.actoin == 'x')", /^There is no field actoin; did you mean action\?$/],
    ["findings.exists(f, f.level == 'x')", /^There is no field level; there are policy, title/],
    ['cost > 100', /^There is no name cost; there are changes, findings, author, labels, paths, environment/],
    ['autor == "a"', /^There is no name autor; did you mean author\?$/],
    ["labels.exists(l, l.name == 'urgent')", /^A text has no fields, so no name$/],
    ['author.login == "a"', /^A text has no fields, so no login$/],
    ["changes.exists(c, d.action == 'x')", /^There is no name d/],
    ['frobnicate(changes)', /^There is no function frobnicate$/],
    ['{1: changes}.size() > 0', /no use for a map/],
    ['changes.frobnicate()', /^There is no function frobnicate$/],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toMatch(expected);
  });
});

test('loops inside loops are not begun over so many changes that they would not end', () => {
  const three = 'changes.exists(a, changes.exists(b, changes.exists(c, a.type + b.type == c.type)))';
  const compiled = compileCondition(three);
  if ('problem' in compiled) throw new Error(compiled.problem);
  const of = (some: typeof changes): Subject => ({ ...subject, changes: some, findings: [] });
  const many = Array.from({ length: 5000 }, (_, i) => change(`R${i}`, 'T', 'create'));
  expect(compiled.condition.evaluate(of(many.slice(0, 20)))).toBe(false);
  expect(compiled.condition.evaluate(of(many))).toBe('it would take too many steps over so many changes');
  const one = compileCondition("changes.map(c, c.type).filter(t, t == 'T').exists(t, t == 'X')");
  expect('condition' in one && one.condition.evaluate(of(many.slice(0, 500)))).toBe(false);
  expect('condition' in one && one.condition.evaluate(of(many))).toMatch(/^it would take too many steps/);
});

describe('a condition that goes wrong with this plan says so and does not throw', () => {
  test.each([
    ['changes[7].action == "x"', /./],
    ['1 / (size(changes) - 2) > 0', /divi/],
    ['size(changes)', /neither true nor false/],
    ['"yes"', /neither true nor false/],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toMatch(expected);
  });
});
