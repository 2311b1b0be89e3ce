/**
 * template/ turns text into a `Template`: CloudFormation's sections with every value's position kept.
 * In: text and a file name. Out: a `Template` and diagnostics. It reads no file, no parameter value and no cloud.
 */
import type { SourceRange } from '../base/source.ts';

/** One value of the template text. Intrinsics are recognised in both notations (`!Ref X`, `{ Ref: X }`). */
export type TemplateNode = ScalarNode | ListNode | MapNode | IntrinsicNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly where: SourceRange;
}
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly TemplateNode[];
  readonly where: SourceRange;
}
export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly where: SourceRange;
}
export interface MapEntry {
  /** Where the key stands; the value knows its own place. */
  readonly keyWhere: SourceRange;
  readonly value: TemplateNode;
}
export interface IntrinsicNode {
  readonly kind: 'intrinsic';
  /** Always the long form: `Ref`, `Condition`, `Fn::GetAtt`, `Fn::Sub`... */
  readonly name: string;
  readonly argument: TemplateNode;
  readonly where: SourceRange;
}

export interface ParameterDeclaration {
  readonly name: string;
  readonly type: string;
  readonly default?: TemplateNode;
  readonly allowedValues?: readonly (string | number)[];
  readonly allowedPattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly constraintDescription?: string;
  readonly description?: string;
  readonly noEcho: boolean;
  readonly where: SourceRange;
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly typeWhere: SourceRange;
  readonly properties: MapNode | undefined;
  readonly dependsOn: readonly { readonly logicalId: string; readonly where: SourceRange }[];
  readonly condition?: { readonly name: string; readonly where: SourceRange };
  readonly deletionPolicy?: DeletionPolicy;
  readonly updateReplacePolicy?: DeletionPolicy;
  readonly metadata?: MapNode;
  /** As they stand there: functions may give them, whole or in part. */
  readonly creationPolicy?: MapEntry;
  readonly updatePolicy?: MapEntry;
  /** Where the logical id stands. */
  readonly where: SourceRange;
}

export interface OutputDeclaration {
  readonly name: string;
  readonly description?: string;
  readonly value: TemplateNode;
  readonly exportName?: TemplateNode;
  readonly condition?: { readonly name: string; readonly where: SourceRange };
  readonly where: SourceRange;
}

export interface Template {
  readonly file: string;
  readonly description?: string;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: ReadonlyMap<string, MapNode>;
  readonly conditions: ReadonlyMap<string, TemplateNode>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  readonly metadata?: MapNode;
  /** Parameters that a `Fn::ForEach` went over, which nothing else tells once it is written out. */
  readonly loopsOver?: ReadonlySet<string>;
}
