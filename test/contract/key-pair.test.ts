import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry, resourceType } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { vaultContextOf } from './vault-context.ts';
import { create, ownershipOf, plan, read, remove } from './workbench.ts';

const type = 'AWS::EC2::KeyPair';

await describeWithServices('key pairs and their private keys', ['moto', 'vault'], async ({ moto, vault }) => {
  const clock = quickClock();
  const masked: string[] = [];
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock });
  const aws = openAws(awsClientConfig(moto, proxy.url));
  const bench = {
    types: registry,
    schemas: typeSchemas,
    context: vaultContextOf(vault, aws, clock, 'acme/shop:infra/keys.yaml@test', {
      writes: ['secret/data/shop/**'],
      onSecret: (text) => masked.push(text),
    }),
  };
  const server = bench.context.vault.vault;
  afterEach(() => proxy.reset());
  afterAll(async () => {
    aws.destroy();
    await proxy.stop();
  });
  const keptKeys = async () => {
    const ssm = await aws.ssm();
    const { Parameters = [] } = await ssm.getParametersByPath({ Path: '/ec2/keypair', WithDecryption: true });
    return Parameters;
  };

  test('the private key of a generated one is kept encrypted where CloudFormation keeps it, and goes with it', async () => {
    const made = await create(bench, 'Key', type, { KeyName: 'generated' });
    const [kept, ...more] = await keptKeys();
    expect(more).toEqual([]);
    expect(kept).toMatchObject({
      Name: `/ec2/keypair/${made.live.attributes.KeyPairId}`,
      Type: 'SecureString',
    });
    expect(kept?.Value).toContain('PRIVATE KEY');
    expect(JSON.stringify(made)).not.toContain('PRIVATE KEY');
    await remove(bench, made);
    expect(await keptKeys()).toEqual([]);
  });

  test('one whose private key was lost with the answer is made anew', async () => {
    proxy.rules.add({ match: { action: 'CreateKeyPair', nth: 1 }, fault: { kind: 'cut', when: 'after' } });
    const made = await create(bench, 'Key', type, { KeyName: 'lost' });
    expect(await keptKeys()).toMatchObject([{ Name: `/ec2/keypair/${made.live.attributes.KeyPairId}` }]);
    await remove(bench, made);
  });

  test('one that a crash left without its private key is made anew when it is finished', async () => {
    const made = await create(bench, 'Key', type, { KeyName: 'crashed' });
    const [lost] = await keptKeys();
    await (await aws.ssm()).deleteParameter({ Name: lost!.Name });
    const { logicalId, properties } = made.record;
    const found = await resourceType(type).find(bench.context, {
      logicalId,
      intent: made.intent,
      properties,
    });
    const finished = await resourceType(type).update(bench.context, {
      logicalId,
      physicalId: found!.physicalId,
      before: found!.properties,
      after: properties,
      ownership: ownershipOf(bench.context, logicalId, made.intent),
    });
    expect(finished.attributes.KeyPairId).not.toBe(made.live.attributes.KeyPairId);
    expect(await keptKeys()).toMatchObject([{ Name: `/ec2/keypair/${finished.attributes.KeyPairId}` }]);
    await remove(bench, made);
    expect(await keptKeys()).toEqual([]);
  });

  test('a name that somebody else has is left alone', async () => {
    await (await aws.ec2()).createKeyPair({ KeyName: 'theirs' });
    await expect(create(bench, 'Key', type, { KeyName: 'theirs' })).rejects.toThrow(/exists/);
    const { KeyPairs } = await (await aws.ec2()).describeKeyPairs({ KeyNames: ['theirs'] });
    expect(KeyPairs).toHaveLength(1);
  });

  test('an imported one plans to nothing, with another comment too, and keeps no key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const { x } = publicKey.export({ format: 'jwk' });
    const field = (bytes: Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const body = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.from(x!, 'base64url'))]);
    const material = (comment: string) => `ssh-ed25519 ${body.toString('base64')} ${comment}`;
    const made = await create(bench, 'Key', type, {
      KeyName: 'imported',
      PublicKeyMaterial: material('author'),
    });
    expect(await keptKeys()).toEqual([]);
    const other = { KeyName: 'imported', PublicKeyMaterial: material('reviewer') };
    expect(await plan(bench, made, other)).toMatchObject({ action: 'none', differences: [] });
    expect(await plan(bench, made, { KeyName: 'imported' })).toMatchObject({ action: 'replace' });
    await remove(bench, made);
  });

  describe('with a path in Vault', () => {
    const PrivateKey = 'secret/data/shop/key';
    const keyOf = async () => (await server.read(PrivateKey))?.data as Record<string, string> | undefined;

    test('the private key goes there and nowhere else, and goes with the pair', async () => {
      const made = await create(bench, 'Key', type, { KeyName: 'vaulted', PrivateKey });
      const { private_key: key = '', key_pair_id: id } = (await keyOf())!;
      expect(key).toContain('PRIVATE KEY');
      expect(id).toBe(made.live.attributes.KeyPairId);
      expect(masked).toContain(key);
      expect(await keptKeys()).toEqual([]);
      expect(JSON.stringify([made, await read(bench, made)])).not.toContain('PRIVATE KEY');
      expect(await plan(bench, made, { KeyName: 'vaulted', PrivateKey })).toMatchObject({ action: 'none' });
      expect(await plan(bench, made, { KeyName: 'vaulted', PrivateKey: `${PrivateKey}2` })).toMatchObject({
        action: 'replace',
        order: 'delete-before-create',
      });
      expect(await plan(bench, made, { KeyName: 'other', PrivateKey })).toMatchObject({
        order: 'delete-before-create',
      });
      await remove(bench, made);
      expect(await server.read('secret/metadata/shop/key')).toBeUndefined();
    });

    test('one whose private key was lost with the answer is made anew', async () => {
      proxy.rules.add({ match: { action: 'CreateKeyPair', nth: 1 }, fault: { kind: 'cut', when: 'after' } });
      const made = await create(bench, 'Key', type, { KeyName: 'lost', PrivateKey });
      expect((await keyOf())!.key_pair_id).toBe(made.live.attributes.KeyPairId);
      await remove(bench, made);
    });

    test('one that a crash left without its private key is made anew when it is finished', async () => {
      const made = await create(bench, 'Key', type, { KeyName: 'crashed', PrivateKey });
      const { logicalId, properties } = made.record;
      const marks = ownershipOf(bench.context, logicalId, made.intent);
      await server.remove('secret/metadata/shop/key');
      await server.write('secret/metadata/shop/key', { custom_metadata: marks });
      const found = (await resourceType(type).find(bench.context, { ...made, logicalId, properties }))!;
      const finished = await resourceType(type).update(bench.context, {
        logicalId,
        physicalId: found.physicalId,
        before: found.properties,
        after: properties,
        ownership: marks,
      });
      expect(finished.attributes.KeyPairId).not.toBe(made.live.attributes.KeyPairId);
      expect((await keyOf())!.key_pair_id).toBe(finished.attributes.KeyPairId);
      await remove(bench, made);
    });

    test.each([
      ['a path that the settings do not name', { PrivateKey: 'secret/data/bank/key' }, /do not let/],
      [
        'a public key of the template',
        { PrivateKey, PublicKeyMaterial: 'ssh-ed25519 AAAA' },
        /no private key/,
      ],
    ])('no pair is made with %s', async (_, more, says) => {
      await expect(create(bench, 'Key', type, { KeyName: 'refused', ...more })).rejects.toThrow(says);
      const { KeyPairs = [] } = await (await aws.ec2()).describeKeyPairs({});
      expect(KeyPairs.map(({ KeyName }) => KeyName)).not.toContain('refused');
    });

    test("no pair is made where the path is somebody else's", async () => {
      await server.write(PrivateKey, { data: { password: 'theirs' } });
      await expect(create(bench, 'Key', type, { KeyName: 'refused', PrivateKey })).rejects.toMatchObject({
        code: 'name-in-use',
      });
      expect(await keyOf()).toEqual({ password: 'theirs' });
      await server.remove('secret/metadata/shop/key');
    });
  });
});
