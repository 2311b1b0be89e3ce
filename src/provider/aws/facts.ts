/** What a template asks of the target before it can be resolved. */
import type { Parameter } from '@aws-sdk/client-ssm';
import { SlipwayError } from '../../base/error.ts';
import type { Aws } from './aws.ts';

/** GetParameters takes ten names. */
const batchSize = 10;

/**
 * The zones of a region that the account can use, sorted by name, as `Fn::GetAZs` gives them. Local and wavelength
 * zones are not among them.
 */
export async function availabilityZones(aws: Aws, region: string): Promise<readonly string[]> {
  const ec2 = await aws.ec2();
  const own = await ec2.config.region();
  if (region !== own) {
    throw new SlipwayError('cloud-unresolved', {
      summary: `The zones of ${region} were asked for, and the environment is in ${own}`,
      remedy: 'Use Fn::GetAZs with the region of the environment, or with an empty text.',
    });
  }
  const { AvailabilityZones = [] } = await ec2.describeAvailabilityZones({
    Filters: [
      { Name: 'zone-type', Values: ['availability-zone'] },
      { Name: 'state', Values: ['available'] },
    ],
  });
  return AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []).sort();
}

/**
 * Values of SSM parameters by the names that were asked for (`name`, `name:version`, `name:label` or an ARN). One
 * that does not exist is left out: who asked for it knows on which line.
 *
 * @throws SlipwayError `cloud-unresolved` for a SecureString: its value is a secret and must not come this way
 */
export async function ssmParameters(
  aws: Aws,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return new Map();
  const ssm = await aws.ssm();
  const batches = Array.from({ length: Math.ceil(wanted.length / batchSize) }, (_, i) =>
    wanted.slice(i * batchSize, (i + 1) * batchSize),
  );
  const answers = await Promise.all(batches.map((Names) => ssm.getParameters({ Names })));
  const parameters = answers.flatMap((answer) => answer.Parameters ?? []);
  return new Map(
    wanted.flatMap((name) => {
      const answer = answerTo(name, parameters);
      if (answer?.Value === undefined) return [];
      if (answer.Type === 'SecureString') throw secureString(name);
      return [[name, answer.Value] as const];
    }),
  );
}

/** The parameter that was asked for as `name`, `name:version`, `name:label` or an ARN of one of these. */
function answerTo(name: string, parameters: readonly Parameter[]): Parameter | undefined {
  const isMeant = ({ Name, ARN, Selector, Version }: Parameter) =>
    [Name, ARN].some((own) => [own, `${own}${Selector ?? ''}`, `${own}:${Version}`].includes(name));
  // The plain name may be asked for beside one of its versions: it means the newest.
  return parameters.filter(isMeant).sort((a, b) => (b.Version ?? 0) - (a.Version ?? 0))[0];
}

/** The value of one SSM parameter; undefined when there is none. See `ssmParameters`. */
export async function ssmParameter(aws: Aws, name: string): Promise<string | undefined> {
  return (await ssmParameters(aws, [name])).get(name);
}

function secureString(name: string): SlipwayError {
  return new SlipwayError('cloud-unresolved', {
    summary: `The SSM parameter ${name} is a SecureString, which only {{resolve:ssm-secure:...}} may read`,
    remedy: `Use {{resolve:ssm-secure:${name}}} in a property.`,
  });
}
