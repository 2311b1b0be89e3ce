import { openAws } from '../../src/provider/aws/open-aws.ts';
import { startService } from '../../src/sandbox/services/index.ts';
import type { Figure } from './scenario.ts';
import { startStubCloud } from './stub-cloud.ts';

const calls = 50;

/** What a call costs on the emulator and on the stub cloud: why large applies are measured on the second. */
export async function callTimes(say: (text: string) => void): Promise<Figure[]> {
  const moto = await startService('moto', { onProgress: say });
  const stub = await startStubCloud();
  try {
    return [
      {
        what: 'one call of the emulator (moto), which takes one at a time',
        value: await msACall(moto.url),
        unit: 'ms',
      },
      { what: 'one call of the stub cloud', value: await msACall(stub.url), unit: 'ms' },
    ];
  } finally {
    await stub.stop();
    await moto.stop();
  }
}

async function msACall(endpoint: string): Promise<number> {
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const aws = openAws({ region: 'eu-west-1', endpoint, credentials });
  const ec2 = await aws.ec2();
  const callMany = async () => {
    for (let call = 0; call < calls; call++) await ec2.createInternetGateway({});
  };
  await callMany();
  const began = performance.now();
  await callMany();
  aws.destroy();
  return (performance.now() - began) / calls;
}
