/** What a log group masks in its events, and what it indexes: JSON documents, each with calls of its own. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { canonicalJson, sameValue } from '../../../base/canonical-json.ts';
import { isList, type Properties, type Value } from '../../../base/value.ts';
import { errorCode, isNotFound } from '../aws-error.ts';

/** Those that the record speaks of: each is a call, for each group. */
export async function readLogPolicies(
  logs: CloudWatchLogs,
  logGroupIdentifier: string,
  recorded: Properties,
): Promise<Readonly<Record<string, Value | undefined>>> {
  const [protection, index] = await Promise.all([
    recorded.DataProtectionPolicy === undefined
      ? undefined
      : unlessAbsent(logs.getDataProtectionPolicy({ logGroupIdentifier })),
    recorded.FieldIndexPolicies === undefined
      ? undefined
      : unlessAbsent(logs.describeIndexPolicies({ logGroupIdentifiers: [logGroupIdentifier] })),
  ]);
  const own = (index?.indexPolicies ?? []).filter((one) => one.source !== 'ACCOUNT' && one.policyDocument);
  return {
    DataProtectionPolicy: parsed(protection?.policyDocument),
    FieldIndexPolicies: own.length === 0 ? undefined : own.map((one) => parsed(one.policyDocument)!),
  };
}

export async function bringAboutLogPolicies(
  logs: CloudWatchLogs,
  logGroupIdentifier: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const [oldProtection, protection] = [before.DataProtectionPolicy, after.DataProtectionPolicy];
  if (protection !== undefined && !sameValue(oldProtection, protection)) {
    await logs.putDataProtectionPolicy({ logGroupIdentifier, policyDocument: document(protection) });
  } else if (protection === undefined && oldProtection !== undefined) {
    await unlessAbsent(logs.deleteDataProtectionPolicy({ logGroupIdentifier }));
  }
  // A list to CloudFormation, of which a group has one.
  const [oldIndex, index] = [firstOf(before.FieldIndexPolicies), firstOf(after.FieldIndexPolicies)];
  if (index !== undefined && !sameValue(oldIndex, index)) {
    await logs.putIndexPolicy({ logGroupIdentifier, policyDocument: document(index) });
  } else if (index === undefined && oldIndex !== undefined) {
    await unlessAbsent(logs.deleteIndexPolicy({ logGroupIdentifier }));
  }
}

function firstOf(list: Value | undefined): Value | undefined {
  return isList(list) ? list[0] : undefined;
}

function document(value: Value): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function parsed(text: string | undefined): Value | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error) || errorCode(error) === 'OperationNotFoundException') return undefined;
    throw error;
  }
}
