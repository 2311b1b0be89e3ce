/**
 * provider/ knows the cloud's resource types. In: canonical properties. Out: live resources. A type is one file
 * that exports one `ResourceType`; `registry.ts` lists them. Types do not know plans, state or templates.
 */
import type { Clock } from '../base/clock.ts';
import type { Properties, Value } from '../base/value.ts';
import type { StackId } from '../stack/stack.ts';
import type { Aws } from './aws/aws.ts';
import type { Directory } from './slipway/access/directory.ts';
import type { VaultScope } from './vault/scope.ts';

/** What the cloud answers for one resource now. */
export interface Live {
  /** May differ after an update: the cloud gives a route table association a new id when its table changes. */
  readonly physicalId: string;
  /**
   * CloudFormation's property names, canonical. What the cloud fills in by default is there too; write-only
   * properties and tags of Slipway's or AWS's own (`slipway:`, `aws:`) are not.
   *
   * How it is compared with the canonical desired properties: by the keys that desired has, inside nested objects
   * too (a list is one value). A key that desired lacks is left to the cloud, whatever live says, unless the
   * record has it: then it was removed from the template, and that is a difference.
   */
  readonly properties: Properties;
  /** What `Fn::GetAtt` gives, by attribute name. `Ref` gives the physical id unless the type's `ref` says otherwise. */
  readonly attributes: Readonly<Record<string, Value>>;
}

/** One target (account and region) and one stack, for the length of a plan or a run. */
export interface ProviderContext {
  readonly stack: StackId;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly aws: Aws;
  /** Absent where Slipway knows of no Vault. */
  readonly vault?: VaultScope;
  /** Absent where there is no GitHub to ask: at the command line. */
  readonly directory?: Directory;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** One bulk read. Types that read the same API call share it by `once`. */
export interface ReadContext extends ProviderContext {
  /**
   * `stack`: everything that carries this stack's ownership tag, in as few calls as possible. `id`: exactly the
   * wanted physical ids, whoever owns them: to confirm an absence, and for imports.
   */
  readonly by: 'stack' | 'id';
  /** Runs `read` once for `key` in this bulk read and gives everybody the same promise. */
  once<T>(key: string, read: () => Promise<T>): Promise<T>;
}

/** A resource that the state says we made. */
export interface Wanted {
  readonly logicalId: string;
  readonly physicalId: string;
  /** As recorded; types without a tag or an id of their own (a route) are found by these. */
  readonly properties: Properties;
}

/** A create that was sent, or about to be, when the process died. */
export interface Pending {
  readonly logicalId: string;
  readonly intent: string;
  readonly properties: Properties;
}

/** Plain values: every reference is resolved, every secret revealed, canonical. */
export interface CreateRequest {
  readonly logicalId: string;
  /** Unique to this one create. Goes into the client token and the `slipway:intent` tag. */
  readonly intent: string;
  readonly properties: Properties;
  /** `slipway:stack`, `slipway:logical-id`, `slipway:intent`: go into the create call itself. */
  readonly ownership: Readonly<Record<string, string>>;
}

export interface UpdateRequest {
  readonly logicalId: string;
  readonly physicalId: string;
  /** As the cloud has it now. */
  readonly before: Properties;
  readonly after: Properties;
  readonly ownership: Readonly<Record<string, string>>;
}

export interface DeleteRequest {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly properties: Properties;
}

/** One that is about to be deleted, and is to leave a snapshot behind. */
export interface SnapshotRequest extends DeleteRequest {
  /** Of the operation that deletes it: the same intent means the same snapshot. */
  readonly intent: string;
  readonly ownership: Readonly<Record<string, string>>;
}

/** Which of two generations of a replaced resource goes first. */
export type ReplaceOrder = 'create-before-delete' | 'delete-before-create';

/**
 * Another resource of the same stack, for `hiddenDependencies`. Its properties, and `self`'s, are canonical values
 * or expressions, as the caller has them: `{ Ref: 'Vpc' }` and the id of what `Vpc` became both lead to `Vpc`.
 */
export interface Neighbour {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly properties: Properties;
}

/**
 * How a resource that no stack made is taken over by its physical id. It is read by `read`, with its id and no
 * properties, and marked by `update`, with the same properties before and after.
 */
export type Adoption =
  | {
      /** What a physical id looks like: `vpc-0a1b2c3d4e5f67890`; for the documentation. */
      readonly id: string;
      /** Where no two have one id. `region` where absent. */
      readonly scope?: 'account';
      /** All its tags, to see whose it is. */
      tags(context: ProviderContext, physicalId: string): Promise<Readonly<Record<string, string>>>;
    }
  | {
      /** Why it cannot be, as the end of a sentence: `it has no tag that could say whose it is`. */
      readonly refused: string;
    };

/** What an environment's settings do not let a resource be. */
export interface Refusal {
  readonly summary: string;
  readonly remedy: string;
}

/** What is to be told of a resource when it is planned; an error is why there is no plan. */
export interface Notice extends Refusal {
  readonly severity: 'error' | 'warning';
}

/** What a template only names, as it is now. */
export interface LookedUp {
  /** Beside those that the template gives it. No published schema has them, so that no template can. */
  readonly properties: Properties;
  readonly notices: readonly Notice[];
}

/**
 * How one type is read, made, changed and removed. An update that is already done and a delete of what is gone
 * succeed. A create whose fate is not known is looked for with `find` before it is sent again: not every API has
 * a client token that would make sending it twice harmless.
 */
export interface ResourceType {
  /** `AWS::EC2::VPC` */
  readonly type: string;
  /** The attribute that `Ref` gives; the physical id where absent. */
  readonly ref?: string;
  /** Names that `Fn::GetAtt` accepts. */
  readonly attributes: readonly string[];
  /**
   * Attributes that an update gives another value, by the properties whose change does it: what refers to such an
   * attribute is then known after the apply only. (One with a property's name needs no entry.)
   */
  readonly attributesChangedBy?: Readonly<Record<string, readonly string[]>>;
  /**
   * Attributes of another resource that making this one changes, by the property that names the other: a block that
   * is associated with a VPC is one of the VPC's blocks. What depends on this one gets them as they are after it.
   */
  readonly altersAttributes?: Readonly<Record<string, readonly string[]>>;
  /**
   * States that a resource of this type can be asked to be in, in its metadata (`Slipway: { State: stopped }`). The
   * one that is asked for comes as the property `State`, and live says it under that name.
   */
  readonly states?: readonly string[];
  /**
   * Whether it makes a private key that can go straight to a path in Vault, named in its metadata (`Slipway: {
   * PrivateKey: secret/data/shop/key }`). The path comes as the property `PrivateKey`, and live says it under that name.
   */
  readonly makesPrivateKey?: true;
  /**
   * Published properties that this type does not do yet. The extract of the schemas leaves them out, so that a
   * template that uses one is refused and not half applied.
   */
  readonly unsupported?: readonly string[];
  /** Absent: it cannot be imported. */
  readonly adoption?: Adoption;
  /** Canonical properties; `delete-before-create` where names or addresses of the two would collide. */
  order(before: Properties, after: Properties): ReplaceOrder;
  /** Properties that the cloud does not give back: compared with the record, never with live. */
  readonly writeOnly?: readonly string[];
  /**
   * Properties that others may change meanwhile without that being undone, as the desired (or recorded) ones ask for
   * it: while the template says what it said before, live counts as being that.
   */
  leftToOthers?(properties: Properties): readonly string[];
  /** 'Maybe' of the published schema, decided: whether this difference of a top-level property replaces. */
  replaces?(property: string, before: Properties, after: Properties): boolean;
  /**
   * One form for what means the same: defaults filled in, CIDRs and protocols normalised, sets sorted. Pure and
   * idempotent; leaves `Unknown` and `Secret` markers alone. Planning compares only canonical properties.
   */
  canonicalise(properties: Properties): Properties;
  /**
   * What the settings of the environment do not let it be, told when it is planned; the type itself refuses it when it
   * is made. Of what is not known yet nothing is said.
   */
  refusals?(context: ProviderContext, properties: Properties): readonly Refusal[];
  /** The properties that `lookUp` adds: no published schema has them, policies may look at them. */
  readonly lookedUp?: readonly string[];
  /**
   * Looks up what the template only names and others change, such as who is in a team: when it is planned, and never
   * after that. What is found is a part of the plan: it is shown and approved, and nothing else is sent. `properties`
   * are canonical, and unknown where they hang on what is still to be made; `recorded` is what was found the last time.
   */
  lookUp?(context: ProviderContext, properties: Properties, recorded?: Properties): Promise<LookedUp>;
  /**
   * Of types that have neither a mark nor a token of ours, only a name: throws `name-in-use` where something has it.
   * Asked before the intent to create is written down. What is found under the name after that was made by that create.
   */
  refuseTaken?(context: ProviderContext, properties: Properties): Promise<void>;
  /** Live resources by logical id; what is not there is left out. One paginated call per API, not per resource. */
  read(context: ReadContext, wanted: readonly Wanted[]): Promise<ReadonlyMap<string, Live>>;
  /**
   * After a crash: the resource that this very create made, by its intent tag, client token or natural key. It may
   * be half made (a role without its policies): `update` with what was found as `before` finishes it.
   */
  find(context: ProviderContext, pending: Pending): Promise<Live | undefined>;
  /** Makes it and returns once it can be used by others. */
  create(context: ProviderContext, request: CreateRequest): Promise<Live>;
  /** Brings every property of `after` about; called for differences that do not replace, and after `find`. */
  update(context: ProviderContext, request: UpdateRequest): Promise<Live>;
  /**
   * For `DeletionPolicy: Snapshot`, which a type without it cannot have: makes a snapshot that outlives the resource
   * and returns its id once it is complete. Undefined when the resource, and so the delete, is done already.
   */
  snapshot?(context: ProviderContext, request: SnapshotRequest): Promise<string | undefined>;
  /** Returns once it is gone. */
  delete(context: ProviderContext, request: DeleteRequest): Promise<void>;
  /**
   * Edges that references do not show: logical ids among `others` that must exist before this one is made and be
   * deleted after it (an instance with a public address needs its VPC's gateway attachment).
   */
  hiddenDependencies?(self: Properties, others: readonly Neighbour[]): readonly string[];
}

/** Declares a resource type; the operator's own too. Returns it frozen. */
export function defineResourceType(type: ResourceType): ResourceType {
  return Object.freeze(type);
}
