import { describe, expect, test } from 'vitest';
import { seal, unknown, type Value } from '../../src/base/value.ts';
import { toCelValue, toJsonValue } from '../../src/policy/cel-values.ts';
import { compileExpression, type Outcome } from '../../src/policy/expression.ts';
import { limits } from '../../src/policy/limits.ts';
import { variables } from '../../src/policy/subject.ts';
import { threadTime } from '../thread-time.ts';

function evaluate(source: string, after: Value): Outcome {
  const { expression, problems } = compileExpression(source, variables);
  if (!expression) throw new Error(problems.map((p) => p.summary).join('; '));
  return expression.evaluate({ after: toCelValue(after) });
}

function resultOf(source: string, after: Value): Value | Outcome {
  const outcome = evaluate(source, after);
  return outcome.kind === 'value' ? toJsonValue(outcome.value) : outcome;
}

describe('what is left out is null', () => {
  test.each<[string, Value, Value]>([
    ["after.Options.Tokens != 'required'", {}, true],
    ["after.Options.Tokens != 'required'", { Options: { Tokens: 'required' } }, false],
    ['after.Rules.exists(r, r.Port == 22)', {}, false],
    ['after.Rules.all(r, r.Port == 22)', {}, true],
    ['size(after.Rules) == 0 && after.Rules.map(r, r) == []', {}, true],
    ["'x' in after.Names", {}, false],
    ['after.Rules[7].Port == null', { Rules: [] }, true],
    ["after['Rules'].size() == 1", { Rules: [1] }, true],
    ['has(after.A) && !has(after.B) && !has(after.C.D)', { A: unknown }, true],
    ['after.constructor == null && after.__proto__ == null', {}, true],
    ['after.Port == 22 && after.Share == 0.5', { Port: 22, Share: 0.5 }, true],
    ['after.Names.filter(n, n != "b").map(n, n + "!")', { Names: ['a', 'b', 'c'] }, ['a!', 'c!']],
    ['after.Names.map(a, after.Names.filter(b, a != b))', { Names: ['a', 'b'] }, [['b'], ['a']]],
    ['after.Names.exists_one(n, n == "a")', { Names: ['a', 'b'] }, true],
    ['after.Tags.exists(k, after.Tags[k] == "x")', { Tags: { a: 'x' } }, true],
    ["cidr.size('10.0.0.0/24') > 255 && cidr.size('::/0') > 256", {}, true],
    ["version.compare(after.Version, '1.31') < 0", { Version: '1.9' }, true],
    ["date.days('2026-03-01', '2026-03-31') >= 30", {}, true],
    ["arn.parse(after.Arn).account == null && tag(after.Tags, 'a') == 'x'", { Tags: { a: 'x' } }, true],
    [
      "iam.statements(after.P).exists(s, s.effect == 'Allow' && iam.covers(s, 's3:*'))",
      { P: '{"Statement":{"Effect":"Allow","Action":"*"}}' },
      true,
    ],
    [
      "after.Rules.filter(r, allowsPort(r, 'tcp', 22)).size()",
      { Rules: [{ IpProtocol: -1 }, { IpProtocol: 17 }] },
      1,
    ],
  ])('%s', (source, after, expected) => {
    expect(resultOf(source, after)).toEqual(expected);
  });

  test.each([
    ['after.Size > 100', 'what a template leaves out is null, so compare it with null first'],
    ["after.Name.startsWith('x')", 'so compare it with null first'],
    ["after.Text + 1 == 'x'", 'no matching overload'],
    ['after.Text.Deeper == 1', "'.Deeper' needs a map on its left"],
    ['after.Text.exists(x, x == 1)', 'type mismatch'],
    ["isPublicCidr('nonsense')", "'nonsense' is not an address range"],
    ['1 / after.Zero == 1', 'divide by zero'],
  ])('but %s is an error', (source, reason) => {
    const outcome = evaluate(source, { Text: 'x', Zero: 0 });
    expect(outcome).toMatchObject({ kind: 'error', reason: expect.stringContaining(reason) });
  });
});

describe('an unknown decides only where it matters', () => {
  const after = {
    U: unknown,
    List: ['a', unknown],
    Map: { a: 1, b: unknown },
    Rules: [{ P: unknown }, { P: 22 }],
  };
  test.each<[string, Value | 'unknown']>([
    ["after.U == 'x'", 'unknown'],
    ["after.U == 'x' || true", true],
    ["true || after.U == 'x'", true],
    ["after.U == 'x' && false", false],
    ["after.U == 'x' && true", 'unknown'],
    ["!(after.U == 'x')", 'unknown'],
    ["after.U == 'x' ? 1 : 2", 'unknown'],
    ['after.U.Deeper == 1', 'unknown'],
    ['after.U.exists(x, x == 1)', 'unknown'],
    ["'a' in after.List", true],
    ["'b' in after.List", 'unknown'],
    ["after.List.exists(x, x == 'a')", true],
    ["after.List.exists(x, x == 'b')", 'unknown'],
    ["after.List.all(x, x == 'b')", false],
    ['after.List.map(x, x).size() > 0', 'unknown'],
    ['size(after.List) == 2', true],
    ["after.List == ['b', 'c']", false],
    ["after.List == ['a', 'c']", 'unknown'],
    ["after.List != ['b', 'c']", true],
    ["after.List == ['a']", false],
    ['after.Map == {"a": 2, "b": 3}', false],
    ['after.Map == {"a": 1, "b": 3}', 'unknown'],
    ['after.Rules.exists(r, r.P == 22)', true],
    ['after.Rules.exists(r, r.P == 23)', 'unknown'],
    ['after.Rules[0] == {"P": 22}', 'unknown'],
    ["hasTag(after.Rules, 'x')", false],
    ["after.U == 'x' && after.Nothing > 5", 'unknown'],
    ["after.Nothing > 5 && after.U == 'x'", 'unknown'],
  ])('%s: %s', (source, expected) => {
    const outcome = evaluate(source, after);
    expect(outcome.kind === 'value' ? toJsonValue(outcome.value) : outcome.kind).toEqual(expected);
  });
});

describe('a secret', () => {
  const after = { S: seal('hunter2', 'key'), List: [seal('a', 'key')], Same: [seal('a', 'key')] };
  test.each([
    ["after.S == 'hunter2'", 'secret'],
    ['after.S.fingerprint == "x"', 'secret'],
    ['after.S.$slipway == "secret"', undefined],
    ["'a' in after.List", 'secret'],
    ['after.List == after.Same', 'secret'],
    ['after.List.exists(x, x == "a")', 'secret'],
    ['after.S == "x" && after.Nothing > 5', 'secret'],
    ['has(after.S)', 'value'],
    ['after.S == "x" || true', 'value'],
  ])('in %s: %s', (source, kind) => {
    if (kind === undefined) expect(() => evaluate(source, after)).toThrow('not CEL');
    else expect(evaluate(source, after).kind).toBe(kind);
  });
});

describe('what is wrong is found before anything is evaluated', () => {
  test.each([
    ['afer.X == 1', "there is no variable 'afer'", 0, "did you mean 'after'?"],
    ['true && change.actoin == 1', "'change' has no 'actoin'", 14, "did you mean 'action'?"],
    ['after.L.exists(x, y == 1)', "there is no variable 'y'", 18, undefined],
    ["isPublcCidr('x')", "there is no function 'isPublcCidr'", 0, "did you mean 'isPublicCidr'?"],
    ["cidr.contans('a', 'b')", "there is no function 'cidr.contans'", 4, "did you mean 'cidr.contains'?"],
    ['portInRange(1, 2)', "'portInRange' does not take 2 arguments", 0, 'write portInRange(from, to, port)'],
    ['constructor == 1', "there is no variable 'constructor'", 0, undefined],
    ['google.protobuf.Value{} == 1', 'there is no type google.protobuf.Value', 0, undefined],
    ['after.X ==', 'it is not CEL: found = where it does not belong', 8, undefined],
    ["after.X.replace('a', 'b') == ''", "there is no function 'replace'", 7, undefined],
    ['(', 'it is not CEL: found end of input where it does not belong', 1, undefined],
    [`${'('.repeat(33)}1${')'.repeat(33)}`, 'its brackets are nested more than 32 deep', 32, undefined],
    [`1${'+1'.repeat(300)} == 1`, 'it is nested more than 250 deep', undefined, undefined],
    [`'${'x'.repeat(4_000)}' == ''`, 'it is longer than 4000 characters', 4_000, undefined],
  ])('%s', (source, summary, offset, remedy) => {
    const { expression, problems } = compileExpression(source, variables);
    expect(expression).toBeUndefined();
    expect(problems[0]).toMatchObject({ summary, ...(offset === undefined ? {} : { offset }) });
    if (remedy !== undefined) expect(problems[0]?.remedy).toBe(remedy);
  });

  test('brackets in texts and comments are not counted', () => {
    const source = `// ${'('.repeat(50)}\n"${'('.repeat(50)}" == '''${'('.repeat(50)}\\''' '''`;
    expect(compileExpression(source, variables).problems).toEqual([]);
  });
});

describe('a hostile expression ends in time', () => {
  const after = {
    L: Array.from({ length: 10_000 }, (_, i) => i),
    S: 'a'.repeat(60_000),
    T: 'a'.repeat(8_000),
    B: Array.from({ length: 200 }, (_, i) => ({ a: i })),
  };
  const steps = `takes more than ${limits.steps.toLocaleString('en')} steps`;
  const doubled = (list: string) => `${list}${'.map(x, x + x)'.repeat(60)} == []`;
  test.each([
    ['loops in loops', 'after.L.exists(a, after.L.exists(b, after.L.exists(c, a == b + c + 99999)))', steps],
    ['loops in loops whose errors are absorbed', 'after.L.all(a, after.L.all(b, a.x.y || true))', steps],
    [
      'an answer that absorbs the missing half',
      'after.L.all(a, after.L.all(b, a == b || a != b)) || true',
      steps,
    ],
    ['lists made of lists', 'after.L.map(a, after.L.map(b, b)) == []', steps],
    ['a text that doubles', doubled("['ab']"), 'makes a text of more than 65536 characters'],
    ['a list that doubles', doubled('[after.L]'), 'makes a list of more than 10000 elements'],
    [
      'comparing long lists',
      'after.L.exists(x, after.L == after.L + [1] || after.L != after.L)',
      'more than',
    ],
    ['searching long texts', "after.L.exists(x, after.S.contains('aaaaaaaaaaaaaaaaaaab'))", steps],
    ['splitting long texts', "after.L.exists(x, after.T.split('') == [])", steps],
    ['functions over long lists', 'after.L.exists(x, iam.statements(after.B) == [])', steps],
    ['a pattern that multiplies', "'a'.matches('((a{500}){500}){500}')", 'invalid repeat count'],
    ['a long pattern', `'a'.matches('${'a?'.repeat(200)}')`, 'a pattern is longer than 256 characters'],
    ['a long text for a pattern', "after.S.matches('b')", 'longer than 8192 characters'],
  ])('%s', (_, source, reason) => {
    const { expression } = compileExpression(source, variables);
    const bindings = { after: toCelValue(after) };
    const start = threadTime();
    const outcome = expression?.evaluate(bindings);
    // The budget is 200 ms; several times that is left for a machine that is busy with other tests.
    expect(threadTime() - start).toBeLessThan(1_000);
    expect(outcome).toMatchObject({ kind: 'error', reason: expect.stringContaining(reason) });
  });

  test('a pattern that would make JavaScript backtrack for years does not', () => {
    const start = threadTime();
    expect(resultOf("after.matches('^(a+)+(a|aa)+$')", `${'a'.repeat(1_000)}b`)).toBe(false);
    expect(threadTime() - start).toBeLessThan(1_000);
  });

  test('a linear walk of a long list is no such thing', () => {
    expect(resultOf('after.L.filter(x, x == 9999).size()', after)).toBe(1);
  });

  test('an evaluation takes from the budget that it shares', () => {
    const { expression } = compileExpression('after.L.exists(x, x < 0)', variables);
    const budget = { left: 60_000 };
    const bindings = { after: toCelValue(after) };
    expect(expression?.evaluate(bindings, budget)).toMatchObject({ kind: 'value' });
    expect(budget.left).toBeLessThan(30_000);
    expect(expression?.evaluate(bindings, budget)).toMatchObject({ kind: 'error' });
    expect(budget.left).toBe(0);
  });

  test('stack traces are recorded again afterwards', () => {
    const before = Error.stackTraceLimit;
    evaluate('after.X > 1', {});
    expect(Error.stackTraceLimit).toBe(before);
  });
});
