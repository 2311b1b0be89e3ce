import { describe, expect, test } from 'vitest';
import type { Person } from '../../src/approval/approval.ts';
import {
  describePrincipals,
  isApproverPrincipal,
  isOneOf,
  isPrincipal,
  mayCommand,
} from '../../src/approval/people.ts';

describe('the grammar of who', () => {
  test.each([
    ['@reviewer', true],
    ['@Reviewer-2', true],
    ['@acme/infra', true],
    ['@acme/infra_2-b', true],
    ['write', true],
    ['reviewer', false],
    ['@', false],
    ['@acme/', false],
    ['@acme/infra/x', false],
    ['@-acme', false],
    ['@a--b', false],
    ['@acme infra', false],
    ['@everyone\n', false],
    [`@${'a'.repeat(40)}`, false],
    ['@reviewer_acme', true],
    ['@reviewer_acme_x', false],
    ['codeowners', false],
  ])('%j: %s', (text, expected) => {
    expect(isPrincipal(text)).toBe(expected);
  });
});

test('owners approve and override, and command nothing', () => {
  expect(isApproverPrincipal('codeowners')).toBe(true);
  expect(isApproverPrincipal('@acme/infra')).toBe(true);
  expect(isApproverPrincipal('codeowner')).toBe(false);
});

const person = (permission: Person['permission'], teams: readonly string[] = []): Person => ({
  login: 'Reviewer',
  permission,
  teams,
});

describe('whether a person is meant', () => {
  test.each([
    ['by name, whatever the case', person('read'), ['@reviewer'], true],
    ['by team, whatever the case', person('read', ['@acme/Infra']), ['@Acme/infra'], true],
    ['by another team of the same name', person('write', ['@other/infra']), ['@acme/infra'], false],
    ['a user with the name of a team', { ...person('read'), login: 'acme/infra' }, ['@acme/infra'], false],
    ['write permission', person('write'), ['write'], true],
    ['maintain permission', person('maintain'), ['write'], true],
    ['admin permission', person('admin'), ['write'], true],
    ['triage permission is not enough', person('triage'), ['write'], false],
    ['nor is read permission', person('read'), ['write'], false],
    ['one of several', person('write'), ['@author', 'write'], true],
    ['none', person('admin'), [], false],
  ])('%s', (_, who, principals, expected) => {
    expect(isOneOf(who, principals)).toBe(expected);
  });

  test.each([
    ['without operators anyone with write permission', person('write'), [], true],
    ['without operators nobody else', person('read'), [], false],
    ['with operators only these', person('admin'), ['@acme/infra'], false],
  ])('may command: %s', (_, who, operators, expected) => {
    expect(mayCommand(who, operators)).toBe(expected);
  });
});

describe('an owner', () => {
  test.each([
    ['by name', person('write'), ['@reviewer'], true],
    ['by team', person('write', ['@acme/web']), ['@lead', '@acme/Web'], true],
    ['who may not write owns nothing', person('triage', ['@acme/web']), ['@acme/web'], false],
    ['of something else', person('admin', ['@acme/infra']), ['@acme/web'], false],
    ['of what nobody owns', person('admin'), [], false],
    ['named by the word itself is nobody', person('write'), ['codeowners'], false],
  ])('%s', (_, who, owners, expected) => {
    expect(isOneOf(who, ['codeowners'], owners)).toBe(expected);
  });
});

test('who is said in words', () => {
  expect(describePrincipals(['@a', 'codeowners'], ['@acme/web', '@b'])).toBe(
    '@a or the code owners (@acme/web, @b)',
  );
  expect(describePrincipals(['codeowners'])).toBe('the code owners (nobody)');
  expect(describePrincipals(['@a', '@acme/infra', 'write'])).toBe(
    '@a, @acme/infra or people with write permission',
  );
});
