/**
 * What a resource type accepts, as data. The extract in src/provider/schemas.generated.json is written in this
 * shape from the published CloudFormation schemas; an operator's own types are described in it by hand.
 */

/** By type name: `AWS::EC2::VPC`. */
export type TypeSchemas = Readonly<Record<string, TypeSchema>>;

export interface TypeSchema extends MemberRules {
  /** `AWS::EC2::VPC` */
  readonly type: string;
  /** What it is, of types that nobody else documents. */
  readonly description?: string;
  readonly properties: Readonly<Record<string, PropertySchema>>;
  /** Top-level properties that must be there. */
  readonly required: readonly string[];
  /** Names that `Fn::GetAtt` accepts; nested ones with dots: `Endpoint.Address`. */
  readonly attributes: readonly string[];
  /** Dotted paths of properties whose every change replaces the resource: `CidrBlock`, `CpuOptions.CoreCount`. */
  readonly createOnly: readonly string[];
  /** Dotted paths of properties of which some changes replace the resource; the provider decides. */
  readonly conditionalCreateOnly: readonly string[];
  /** Nested property types by name, for `{ ref }`: `Ingress` of a security group, `Tag`. */
  readonly definitions?: Readonly<Record<string, DefinitionSchema>>;
}

/** Which properties of a map go together. What a condition may remove counts as there and as not there alike. */
export interface MemberRules {
  /** One of these has to be there, and only one. */
  readonly exactlyOne?: readonly string[];
  /** All of one of these sets have to be there. */
  readonly either?: readonly (readonly string[])[];
  /** Beside this one, those must not be there. */
  readonly excludes?: Readonly<Record<string, readonly string[]>>;
  /** Beside this one, those have to be there. */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** What holds only in certain situations. */
  readonly when?: readonly SituationRule[];
}

/** What holds of a map in which certain properties have certain values. */
export interface SituationRule {
  /** The values that each of these properties has one of, in any letters; null: it is not there. Empty: always. */
  readonly where: Readonly<Record<string, readonly (string | null)[]>>;
  /** These have to be there. */
  readonly needs?: readonly string[];
  /** All of one of these sets have to be there. */
  readonly either?: readonly (readonly string[])[];
  /** These must not be there. */
  readonly excludes?: readonly string[];
  /** Bounds of numbers, and least counts of lists. */
  readonly limits?: Readonly<Record<string, Pick<PropertySchema, 'minimum' | 'maximum' | 'minLength'>>>;
  /** Numbers of which none may be less than one before it. */
  readonly ascending?: readonly string[];
}

/** A nested property type: a map with these keys and no others. */
export interface DefinitionSchema extends MemberRules {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required: readonly string[];
}

/** `json` accepts anything: a policy document, or a property whose published type is a union. */
export type PropertyType =
  | 'string'
  | 'integer'
  | 'double'
  | 'boolean'
  | 'json'
  | 'list'
  | 'map'
  | { readonly ref: string };

export interface PropertySchema {
  readonly type: PropertyType;
  /** What it means, of types that nobody else documents. */
  readonly description?: string;
  /** Of a list's items or a map's values; absent means anything. */
  readonly items?: PropertySchema;
  /** The values that are allowed, where the schema knows them all. */
  readonly enum?: readonly (string | number)[];
  /** Whether a value of `enum` may be written in other letters: `GP3`. */
  readonly ignoresCase?: boolean;
  /** Whether the cloud adds values to `enum` all the time, so that one which is not in it may be right. */
  readonly grows?: boolean;
  /** What a text has to be that no pattern describes well. */
  readonly format?: 'ipv4-network' | 'ipv6-network';
  /** A regular expression as the schema publishes it, anchored only if it says so itself. */
  readonly pattern?: string;
  /** Characters of a string, items of a list. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Bounds of a number, both included. */
  readonly minimum?: number;
  readonly maximum?: number;
  /**
   * What it may refer to: `AWS::EC2::VPC` is what `Ref` of a VPC gives, `AWS::EC2::EIP.AllocationId` what `GetAtt`
   * gives. Absent: anything. Types of an operator's own may be referred to in any case.
   */
  readonly refersTo?: readonly string[];
  /** What kind of policy document it is, of which each knows other statements. */
  readonly policy?: 'identity' | 'trust' | 'resource';
  /** Whether a change replaces the resource: `maybe` is decided by the provider. Absent: it does not. */
  readonly replaces?: 'always' | 'maybe';
}
