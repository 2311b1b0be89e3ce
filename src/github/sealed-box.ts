import sodium from 'libsodium-wrappers';

/**
 * Seals a text for whoever holds the private key, as GitHub takes its secrets: nobody who sees it can open it, not even
 * who sealed it (https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api).
 *
 * @param publicKey Base64
 * @returns Base64
 */
export async function sealFor(publicKey: string, text: string): Promise<string> {
  await sodium.ready;
  const box = sodium.crypto_box_seal(Buffer.from(text), Buffer.from(publicKey, 'base64'));
  return Buffer.from(box).toString('base64');
}
