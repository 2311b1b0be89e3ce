/**
 * Every error and diagnostic that a person can meet, by its stable code. One table, so that a code is never
 * used for two things and the documentation can list them all. Sorted by folder; append freely.
 */
export const codes = {
  // template/
  'template-syntax': 'The template is not valid YAML or JSON',
  'template-too-large': 'The template is larger than Slipway reads',
  'template-duplicate-key': 'A key appears twice in one mapping',
  'template-section': 'A section of the template is unknown or malformed',
  'template-unsupported': 'The template uses a construct that Slipway does not support',
  'template-intrinsic': 'An intrinsic function is malformed',
  'template-reference': 'A reference points at nothing',
  'template-cycle': 'Resources depend on one another in a circle',
  'template-unknown-type': 'The resource type is unknown',
  'template-unknown-property': 'The resource type has no such property',
  'template-missing-property': 'A required property is missing',
  'template-exclusive-properties': 'Two properties exclude one another',
  'template-property-type': 'A property has the wrong type of value',
  'template-property-value': 'A property has a value that is not allowed',
  'template-parameter': 'A parameter is missing, unknown or breaks its constraints',
  'template-renamed': 'The template of a living stack was renamed',
  'template-fork': 'The pull request comes from a fork',
  // settings/
  'settings-invalid': 'The settings file is not valid',
  'settings-mixed': 'Settings and templates are changed at once',
  'settings-environment': 'No such environment',
  // plan/ and apply/
  'plan-stale': 'The plan is not what would be done now',
  'plan-unsupported': 'The plan would need something that Slipway does not do',
  'plan-metadata': 'The Slipway metadata of a resource is not understood',
  'plan-rename': 'A logical id cannot be renamed like this',
  'plan-import': 'A resource cannot be imported',
  'plan-file': 'The plan file cannot be used',
  'rollback-impossible': 'This version of the stack cannot be gone back to',
  'vault-refused': 'The settings do not allow this path in Vault',
  'vault-unavailable': 'Vault did not answer as it should',
  'apply-failed': 'Some resources could not be changed',
  'merge-conflict': 'The pull request conflicts with its base branch',
  'apply-locked': 'Another run holds the stack',
  'apply-fenced': 'This run lost its lock on the stack to another',
  'apply-branch': 'The pull request is not aimed at the default branch',
  'export-taken': 'Another stack exports this name',
  'export-in-use': 'Another stack imports what would go or change',
  'apply-order': 'Another environment comes first',
  'apply-refused': 'A policy stands against the plan',
  'apply-unconfirmed': 'Applying needs a yes',
  // provider/
  'cloud-credentials': 'There are no usable credentials for the cloud',
  'cloud-account': 'The credentials are for another account',
  'cloud-refused': 'The cloud refused a call',
  'cloud-unreachable': 'The cloud did not answer',
  'cloud-denied': 'The credentials may not do what is needed',
  'cloud-throttled': 'The cloud asked for fewer calls for too long',
  'cloud-slow': 'The cloud did not finish in time',
  'cloud-in-use': 'Something still uses what is to be deleted',
  'cloud-unresolved': 'A value that the template asks of the cloud is not there',
  // state/ and db/
  'state-missing': 'No such stack in the state',
  'stack-new': 'The template has stacks in other environments, and none in this one',
  'state-locked': 'The local database is in use',
  'state-newer': 'The database was written by a newer version',
  'database-unreachable': 'The database server cannot be used',
  // policy/
  'policy-invalid': 'A policy file is not valid',
  'policy-evaluation': 'A policy could not be decided',
  // edges
  'github-too-large': 'The pull request is larger than GitHub tells of',
  'config-invalid': 'The configuration is not complete',
  'service-missing': 'A server that the tests or the demo need cannot be had',
  'service-failed': 'A server that the tests or the demo need did not start',
  usage: 'The command was not understood',
  internal: 'A defect in Slipway',
} as const;

export type Code = keyof typeof codes;
