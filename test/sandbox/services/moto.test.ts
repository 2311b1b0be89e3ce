import { DescribeVpcsCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { awsClientConfig, describeWithServices } from '../../services.ts';

await describeWithServices('moto', ['moto'], ({ moto }) => {
  const ec2 = new EC2Client(awsClientConfig(moto));
  const run = (ImageId: string, InstanceType: string) =>
    ec2.send(
      new RunInstancesCommand({
        ImageId,
        InstanceType: InstanceType as 't3.micro',
        MinCount: 1,
        MaxCount: 1,
      }),
    );
  const newestImage = async () => {
    const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
    const { Parameter } = await new SSMClient(awsClientConfig(moto)).send(new GetParameterCommand({ Name }));
    return Parameter?.Value ?? '';
  };

  test('answers the AWS SDK with the credentials of its environment', async () => {
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(Vpcs).toHaveLength(1);
    expect(Vpcs?.[0]?.IsDefault).toBe(true);
  });

  test('runs an instance of the image that the public SSM parameter names, without a key pair', async () => {
    const { Instances } = await run(await newestImage(), 't3.micro');
    expect(Instances?.[0]?.InstanceId).toMatch(/^i-/);
  });

  test('refuses an image that does not exist', async () => {
    await expect(run('ami-12345678', 't3.micro')).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });

  test('refuses an instance type that does not exist', async () => {
    await expect(run(await newestImage(), 'x9.nano')).rejects.toMatchObject({
      name: 'InvalidInstanceType.NotFound',
    });
  });
});
