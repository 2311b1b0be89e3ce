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
  cost: { currency: 'USD', before: 34, after: 134.5, change: 100.5, unpriced: [] },
};

function evaluate(source: string, cost: Partial<Subject> = {}): unknown {
  const compiled = compileCondition(source);
  return 'problem' in compiled ? compiled.problem : compiled.condition.evaluate({ ...subject, ...cost });
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
    ['cost.change > 100', true],
    ['cost.change > 101', false],
    ['cost.change == 100.5 && cost.before <= 34', true],
    ['cost.after > cost.before * 3.0', true],
    ['findings.size() > 5 || cost.after > 1000', false],
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
    [
      'budget > 100',
      /^There is no name budget; there are changes, findings, author, labels, paths, environment/,
    ],
    ['cost > 100', /^cost is no amount by itself; there are cost.change, cost.before, cost.after$/],
    ['cost["change"] > 100', /^cost is no amount by itself/],
    ['cost.exists(c, c > 100)', /^cost is no amount by itself/],
    ['cost.chnage > 100', /^There is no field chnage; did you mean change\?$/],
    ['has(cost.change) && cost.change > 100', /^There is always a cost, so has\(cost.change\) asks nothing$/],
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

describe('a cost that is not known', () => {
  const unpriced = ['no price for m7i.48xlarge (Web)', 'Size of Disk is no number'];
  const changed = { cost: { currency: 'USD', unpriced } };
  const standing = { cost: { currency: 'USD', change: 5, unpriced: unpriced.slice(0, 1) } };
  const none = 'what the plan costs is not known: no price for m7i.48xlarge (Web)';

  test.each([
    ['cost.change > 100', changed, `${none}, and 1 more`],
    ['cost.change > 100', standing, false],
    ['cost.change > 4', standing, true],
    ['cost.after > 100', standing, none],
    ['cost.change > 100', { cost: undefined }, /the settings have no prices$/],
    ["cost.change > 100 || author == 'author'", changed, true],
    ["cost.change > 100 && author == 'reviewer'", changed, false],
    ["author == 'author'", changed, true],
    ['changes[7].action == "x"', changed, /index/],
  ])('%s of %o: %s', (source, cost, expected) => {
    if (expected instanceof RegExp) expect(evaluate(source, cost as Partial<Subject>)).toMatch(expected);
    else expect(evaluate(source, cost as Partial<Subject>)).toBe(expected);
  });

  test.each([
    ['cost.change > 1', true],
    ["author == 'author'", false],
    ["changes.exists(cost, cost.type == 'x')", false],
  ])('%s asks for it: %s', (source, expected) => {
    const compiled = compileCondition(source);
    expect('condition' in compiled && compiled.condition.asksCost).toBe(expected);
  });
});
