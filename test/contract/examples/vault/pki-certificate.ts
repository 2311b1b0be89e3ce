import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const roles = {
  Role: {
    type: 'Vault::PKI::Role',
    properties: {
      Name: 'certificate',
      AllowedDomains: ['shop.example'],
      AllowSubdomains: true,
      AllowedUriSans: ['*'],
      KeyType: 'ec',
      KeyBits: 256,
    },
  },
  Other: {
    type: 'Vault::PKI::Role',
    properties: {
      Name: 'other',
      AllowedDomains: ['shop.example'],
      AllowSubdomains: true,
      KeyType: 'ec',
      KeyBits: 256,
    },
  },
};
const properties = {
  Role: { 'Fn::GetAtt': ['Role', 'Name'] },
  CommonName: 'db.shop.example',
  Ttl: '48h',
  SecretPath: 'shop/certificate',
};

/** What is issued, and that it is renewed, is in test/provider/vault/pki-certificate.test.ts. */
export const pkiCertificate: Example = {
  type: 'Vault::PKI::Certificate',
  creates: 'POST secret/data/shop/certificate',
  needs: roles,
  properties,
  edits: {
    'other names': { CommonName: 'web.shop.example', AltNames: ['www.shop.example', 'shop.shop.example'] },
    'addresses too': { IpSans: ['10.0.0.2', '10.0.0.1'], UriSans: ['spiffe://shop/db'] },
    'another role': { Role: { 'Fn::GetAtt': ['Other', 'Name'] } },
    'a longer life': { Ttl: '72h' },
    'another time to renew': { RenewBefore: '12h' },
  },
  notHere: { Mount: 'there is one engine here' },
  sameAs: { 'written in another way': { ...properties, Mount: 'pki', SecretMount: 'secret', Ttl: '2d' } },
  count: countAtPath,
};
