/** Launch templates as the cloud has them: the template, and what its newest version says. */
import type { EC2, Filter, LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { Properties, Value } from '../../../base/value.ts';
import { present } from '../../plain-value.ts';
import type { Live, ReadContext } from '../../provider.ts';
import { asRecorded } from '../as-recorded.ts';
import { isNotFound } from '../aws-error.ts';
import { liveTags } from '../tags.ts';
import { all, type Listing } from './describe.ts';
import { canonicalData } from './launch-template-data.ts';

/**
 * Up to this many are asked for one by one. Beyond, the account's whole list is read: its calls do not grow with the
 * stack.
 */
const few = 3;
const pageSize = 200;

/** AWS has no filter for ids here, and refuses a call that names one that is gone. */
export const launchTemplates: Listing<LaunchTemplate> = {
  call: 'DescribeLaunchTemplates',
  idFilter: 'launch-template-id',
  async list(ec2, filters) {
    const ids = filters.find(({ Name }) => Name === 'launch-template-id')?.Values;
    const Filters = filters.filter(({ Name }) => Name !== 'launch-template-id');
    if (ids !== undefined && ids.length <= few) {
      const found = await Promise.all(ids.map((id) => describeById(ec2, id)));
      return found.filter((one) => one !== undefined);
    }
    const listed = await all(
      ec2.paginateDescribeLaunchTemplates({ ...someFilters(Filters) }, { pageSize }),
      (page) => page.LaunchTemplates,
    );
    return listed.filter((one) => ids === undefined || ids.includes(one.LaunchTemplateId!));
  },
};

async function describeById(ec2: EC2, id: string): Promise<LaunchTemplate | undefined> {
  try {
    return (await ec2.describeLaunchTemplates({ LaunchTemplateIds: [id] })).LaunchTemplates?.[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function someFilters(Filters: Filter[]) {
  return Filters.length === 0 ? {} : { Filters };
}

/** The newest versions of these, by template id: one call a template for a few, else the account's in pages. */
export async function newestVersions(
  context: ReadContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LaunchTemplateVersion>> {
  if (ids.length > few) {
    const versions = await context.once('DescribeLaunchTemplateVersions', async () =>
      all(
        (await context.aws.ec2()).paginateDescribeLaunchTemplateVersions(
          { Versions: ['$Latest'] },
          { pageSize },
        ),
        (page) => page.LaunchTemplateVersions,
      ),
    );
    return new Map(versions.map((one) => [one.LaunchTemplateId!, one] as const));
  }
  const ec2 = await context.aws.ec2();
  const versions = await Promise.all(ids.map((id) => newestVersion(ec2, id)));
  return new Map(
    versions.flatMap((one) => (one === undefined ? [] : [[one.LaunchTemplateId!, one] as const])),
  );
}

/** Undefined when the template is gone. */
export async function newestVersion(ec2: EC2, id: string): Promise<LaunchTemplateVersion | undefined> {
  try {
    const { LaunchTemplateVersions = [] } = await ec2.describeLaunchTemplateVersions({
      LaunchTemplateId: id,
      Versions: ['$Latest'],
    });
    return LaunchTemplateVersions[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function liveLaunchTemplate(
  one: LaunchTemplate,
  newest: LaunchTemplateVersion | undefined,
  recorded: Properties,
): Live {
  const LaunchTemplateId = one.LaunchTemplateId!;
  const tags = liveTags(one.Tags) as readonly Value[];
  return {
    physicalId: LaunchTemplateId,
    properties: {
      ...present({
        LaunchTemplateName: one.LaunchTemplateName,
        VersionDescription: newest?.VersionDescription,
      }),
      ...versionData(newest, recorded),
      TagSpecifications: tags.length === 0 ? [] : [{ ResourceType: 'launch-template', Tags: tags }],
    },
    // A version may have been added since the template was described.
    attributes: {
      LaunchTemplateId,
      LatestVersionNumber: String(newest?.VersionNumber ?? one.LatestVersionNumber),
      DefaultVersionNumber: String(one.DefaultVersionNumber),
    },
  };
}

/** What the version says, in the form that templates are compared in. */
export function versionData(version: LaunchTemplateVersion | undefined, recorded: Properties): Properties {
  if (version?.LaunchTemplateData === undefined) return {};
  const data = canonicalData(present(version.LaunchTemplateData));
  return { LaunchTemplateData: asRecorded(data, recorded.LaunchTemplateData) };
}
