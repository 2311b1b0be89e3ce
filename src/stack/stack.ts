/**
 * stack/ turns a `Template` and one environment's facts into the desired graph: which resources, with which
 * properties, in which order. In: template, parameter values, facts of the target. Out: a `DesiredStack` and
 * diagnostics. It asks the cloud nothing: what only a resource can give stays an expression.
 */
import type { SourceRange } from '../base/source.ts';
import type { Properties, Secret, Unknown, Value } from '../base/value.ts';
import type { DeletionPolicy } from '../template/template.ts';

/** `owner/repo:path@environment` */
export type StackId = string;

/**
 * JSON in which parameters, pseudo parameters, mappings and conditions are already folded to plain values, and
 * only what depends on a resource or a secret is left: CloudFormation's long-form intrinsics (`{Ref: "Vpc"}`,
 * `{"Fn::GetAtt": ["Vpc", "CidrBlock"]}`, `{"Fn::Join": [...]}`; `Fn::Sub` is always rewritten to `Fn::Join`)
 * and `SecretReference`. Serialisable, holds no secret, and `evaluate` finishes it at plan and at apply time.
 */
export type Expression = Value;

/** Where a secret comes from. Left in the expression so that the text itself is fetched at the last moment. */
export type SecretReference =
  | { readonly $slipway: 'parameter'; readonly name: string }
  /** What stands between `{{resolve:` and `}}`, e.g. `vault:secret/data/shop#password`, `ssm-secure:name:1`. */
  | { readonly $slipway: 'resolve'; readonly reference: string };

/** What an expression is evaluated against. */
export interface Scope {
  /** The value of `Ref` (attribute undefined) or `Fn::GetAtt`; `unknown` while the cloud has not said. */
  attribute(logicalId: string, attribute: string | undefined): Value;
  /** The value of an `Fn::ImportValue` that was left in the expression; `unknown` before its stack is applied. */
  imported?(name: string): Value | undefined;
  /** The secret that a reference names, sealed. */
  secret(reference: SecretReference): Secret;
  /** Seals a text made from secrets (`Fn::Join` of one, `Fn::Base64` of one). */
  seal(plaintext: string): Secret;
  /** Whether it is sealed only until a plan is approved, and is no secret then. */
  isWithheld?(secret: Secret): boolean;
}

export interface DesiredResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [key: string]: Expression };
  /** Logical ids that this one needs first: DependsOn and every reference; sorted, without duplicates. */
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  /** Where the template does not say it. */
  readonly deletionPolicyIsDefault?: boolean;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly metadata: Properties;
  /** Where the logical id stands in the template. */
  readonly where: SourceRange;
  /** Where each property stands, by its path: `CidrBlock`, `SecurityGroupIngress[0].CidrIp`. */
  readonly positions: ReadonlyMap<string, SourceRange>;
}

export interface DesiredOutput {
  readonly name: string;
  readonly description?: string;
  readonly value: Expression;
  readonly exportName?: string;
  readonly where: SourceRange;
}

export interface DesiredStack {
  readonly file: string;
  readonly resources: ReadonlyMap<string, DesiredResource>;
  readonly outputs: ReadonlyMap<string, DesiredOutput>;
}

/** What the resolver needs of the world, given to it as data. */
export interface TargetFacts {
  readonly stack: StackId;
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  /** By region, sorted; for `Fn::GetAZs`. */
  readonly availabilityZones: ReadonlyMap<string, readonly string[]>;
  /** Values of SSM parameters, by `name` or `name:version`; for `{{resolve:ssm:...}}` and `AWS::SSM::Parameter::Value<...>`. */
  readonly ssmParameters: ReadonlyMap<string, string>;
  /** Values that other stacks export; for `Fn::ImportValue`. */
  readonly exports: ReadonlyMap<string, string | Unknown>;
  /**
   * Exports that other stacks of the same change give: they stay in the expression, so that a plan made before those
   * are applied says of what its unknowns are, and can be told from one with another value.
   */
  readonly lateExports?: ReadonlySet<string>;
}

/** What a template with these parameter values asks of the cloud before it can be resolved. */
export interface RequiredFacts {
  readonly availabilityZoneRegions: readonly string[];
  readonly ssmParameters: readonly string[];
  readonly imports: readonly string[];
  /** What its outputs export, as far as the names are known. */
  readonly exports: readonly string[];
  readonly secrets: readonly SecretReference[];
}

/** Values from the environment's parameter file: a flat map. */
export type ParameterValues = {
  readonly [name: string]: string | number | boolean | readonly (string | number)[];
};
