import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { SSM } from '@aws-sdk/client-ssm';

/**
 * Asks moto one thing of each service. It loads a service and its tables at the first request for it, which takes
 * seconds; AWS has no such first time, so it should not count as Slipway's.
 */
export async function warmEmulator(aws: Readonly<Record<string, string>>): Promise<void> {
  const config = {
    endpoint: aws.AWS_ENDPOINT_URL!,
    region: aws.AWS_REGION!,
    credentials: { accessKeyId: aws.AWS_ACCESS_KEY_ID!, secretAccessKey: aws.AWS_SECRET_ACCESS_KEY! },
  };
  const clients = [new EC2(config), new IAM(config), new SSM(config)] as const;
  const [ec2, iam, ssm] = clients;
  await ec2.describeImages({ Owners: ['self'] });
  await iam.listRoles({});
  await ssm.getParametersByPath({ Path: '/aws/service/ami-amazon-linux-latest' });
  for (const client of clients) client.destroy();
}
