import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const properties = {
  Name: 'example',
  AllowedDomains: ['shop.example', 'shop.internal'],
  AllowSubdomains: true,
  MaxTtl: '3d',
};

export const pkiRole: Example = {
  type: 'Vault::PKI::Role',
  creates: 'POST pki/roles/example',
  properties,
  edits: {
    'other names': {
      AllowedDomains: ['shop.example'],
      AllowBareDomains: true,
      AllowSubdomains: false,
      AllowGlobDomains: true,
      AllowWildcardCertificates: false,
      AllowLocalhost: false,
      AllowIpSans: false,
      AllowedUriSans: ['spiffe://shop/*'],
    },
    'any name': { AllowAnyName: true, EnforceHostnames: false, RequireCn: false },
    'other keys': { KeyType: 'ec', KeyBits: 256 },
    'other uses': {
      ServerFlag: false,
      ClientFlag: true,
      KeyUsage: ['DigitalSignature'],
      ExtKeyUsage: ['ServerAuth'],
    },
    'another subject': { Organization: ['acme'], Ou: ['shop'] },
    'nothing kept': { NoStore: true },
    leases: { GenerateLease: true },
    'other times': { Ttl: '1d', MaxTtl: '90d', NotBeforeDuration: '1m' },
    'the issuer by its name': { IssuerRef: 'shop' },
  },
  sameAs: {
    'written in another way': {
      ...properties,
      Mount: 'pki',
      AllowedDomains: ['shop.internal', 'shop.example'],
      MaxTtl: '72h',
      KeyUsage: ['KeyAgreement', 'DigitalSignature', 'KeyEncipherment'],
    },
  },
  count: countAtPath,
};
