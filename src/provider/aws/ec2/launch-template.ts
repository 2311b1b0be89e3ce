import type { CreateLaunchTemplateCommandInput, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { structure, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type UpdateRequest } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { clientToken } from '../client-token.ts';
import { eventually, until } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { canonicalTags, tagsToCreate } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, readBulk, readingIds, untilShown } from './describe.ts';
import { canonicalData } from './launch-template-data.ts';
import {
  launchTemplates,
  liveLaunchTemplate,
  newestVersion,
  newestVersions,
  versionData,
} from './launch-template-live.ts';
import { updateTags } from './tagging.ts';

const type = 'AWS::EC2::LaunchTemplate';
const longestName = 128;

/** As CloudFormation: a change makes a new version, and the default version stays what it was. */
export const launchTemplate = defineResourceType({
  type,
  adoption: byTaggedId('lt'),
  attributes: ['LaunchTemplateId', 'LatestVersionNumber', 'DefaultVersionNumber'],
  // Amazon has taken both services out of service.
  unsupported: [
    'LaunchTemplateData.ElasticGpuSpecifications',
    'LaunchTemplateData.ElasticInferenceAccelerators',
  ],
  attributesChangedBy: { LatestVersionNumber: ['LaunchTemplateData', 'VersionDescription'] },

  // Without a name of the template's each generation has its own.
  order: (before, after) =>
    after.LaunchTemplateName !== undefined && sameValue(before.LaunchTemplateName, after.LaunchTemplateName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const { VersionDescription, ...given } = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(VersionDescription === undefined || VersionDescription === '' ? {} : { VersionDescription }),
      LaunchTemplateData: canonicalData(given.LaunchTemplateData),
      TagSpecifications: canonicalOwnTags(given.TagSpecifications),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one]));
    const all = await readBulk(context, launchTemplates, [...ids.keys()]);
    const found = all.filter(({ LaunchTemplateId = '' }) => ids.has(LaunchTemplateId));
    const versions = await newestVersions(
      context,
      found.map((one) => one.LaunchTemplateId!),
    );
    return new Map(
      found.map((one) => {
        const { logicalId, properties } = ids.get(one.LaunchTemplateId!)!;
        return [logicalId, liveLaunchTemplate(one, versions.get(one.LaunchTemplateId!), properties)] as const;
      }),
    );
  },

  async find(context, { intent, properties }) {
    const found = await describeByIntent(context, launchTemplates, intent);
    return found && liveNow(context, found.LaunchTemplateId!, properties);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p, ownership } = request;
    const { LaunchTemplate } = await eventually(context, () =>
      ec2.createLaunchTemplate({
        LaunchTemplateName:
          text(p.LaunchTemplateName) ?? generatedName({ ...request, stack: context.stack }, longestName),
        LaunchTemplateData: requestData(p),
        VersionDescription: text(p.VersionDescription),
        ClientToken: clientToken(request.intent),
        TagSpecifications: [
          { ResourceType: 'launch-template', Tags: tagsToCreate(ownTags(p.TagSpecifications), ownership) },
        ],
      }),
    );
    return liveNow(context, LaunchTemplate!.LaunchTemplateId!, p);
  },

  async update(context, request) {
    const { after, physicalId } = request;
    await addVersion(context, request);
    await updateTags(context, {
      ...request,
      before: { Tags: ownTags(request.before.TagSpecifications) },
      after: { Tags: ownTags(after.TagSpecifications) },
    });
    const now = await liveNow(context, physicalId, after);
    return { ...now, properties: { ...now.properties, TagSpecifications: after.TagSpecifications ?? [] } };
  },

  async delete(context, { physicalId: LaunchTemplateId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.deleteLaunchTemplate({ LaunchTemplateId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

/** Unless the newest version says it already, as after a crash. */
async function addVersion(context: ProviderContext, request: UpdateRequest): Promise<void> {
  const { after, physicalId: LaunchTemplateId, ownership } = request;
  const ec2 = await context.aws.ec2();
  const newest = await newestVersion(ec2, LaunchTemplateId);
  if (newest !== undefined && says(newest, after)) return;
  const { LaunchTemplateVersion } = await ec2.createLaunchTemplateVersion({
    LaunchTemplateId,
    LaunchTemplateData: requestData(after),
    VersionDescription: text(after.VersionDescription),
    // After the newest version that was seen: the same intent may make more than one.
    ClientToken: clientToken(`${ownership['slipway:intent']} ${newest?.VersionNumber}`),
  });
  const made = LaunchTemplateVersion?.VersionNumber ?? 0;
  await until(context, `version ${made} of ${LaunchTemplateId} to show`, 60_000, async () => {
    const seen = (await newestVersion(ec2, LaunchTemplateId))?.VersionNumber ?? 0;
    return seen >= made ? true : undefined;
  });
}

/** Versions are compared whole: what the template no longer says must go too. */
function says(version: LaunchTemplateVersion, wanted: Properties): boolean {
  const { LaunchTemplateData } = versionData(version, wanted);
  return (
    sameValue(LaunchTemplateData, wanted.LaunchTemplateData) &&
    (version.VersionDescription || undefined) === text(wanted.VersionDescription)
  );
}

async function liveNow(context: ProviderContext, id: string, recorded: Properties): Promise<Live> {
  const one = await untilShown(context, launchTemplates, id);
  return liveLaunchTemplate(one, (await newestVersions(readingIds(context), [id])).get(id), recorded);
}

function requestData(p: Properties): CreateLaunchTemplateCommandInput['LaunchTemplateData'] {
  const { InstanceMarketOptions, ...data } = structure<Properties>(p.LaunchTemplateData) ?? {};
  return {
    ...data,
    ...(InstanceMarketOptions === undefined
      ? {}
      : { InstanceMarketOptions: marketOptions(InstanceMarketOptions) }),
  };
}

/** The one instant in it: the SDK takes a date. */
function marketOptions(value: Value) {
  const { SpotOptions, ...options } = structure<Properties>(value) ?? {};
  const { ValidUntil, ...spot } = structure<Properties>(SpotOptions) ?? {};
  const until = text(ValidUntil);
  return {
    ...options,
    ...(SpotOptions === undefined
      ? {}
      : { SpotOptions: { ...spot, ...(until === undefined ? {} : { ValidUntil: new Date(until) }) } }),
  };
}

/** The tags of the template itself: the only resource type that this property can name. */
function ownTags(specifications: Value | undefined): Value {
  if (!isList(specifications)) return [];
  return specifications.flatMap((one) => (isObject(one) && isList(one.Tags) ? one.Tags : []));
}

function canonicalOwnTags(specifications: Value | undefined): Value {
  if (specifications !== undefined && !isList(specifications)) return specifications;
  const tags = canonicalTags(ownTags(specifications));
  return isList(tags) && tags.length > 0 ? [{ ResourceType: 'launch-template', Tags: tags }] : [];
}
