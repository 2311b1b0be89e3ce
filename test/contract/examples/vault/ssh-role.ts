import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const properties = {
  Name: 'example',
  AllowUserCertificates: true,
  AllowedUsers: ['ubuntu', 'admin'],
  Ttl: '30m',
};

export const sshRole: Example = {
  type: 'Vault::SSH::Role',
  creates: 'POST ssh/roles/example',
  properties,
  edits: {
    'other people': { AllowedUsers: ['ubuntu'], DefaultUser: 'ubuntu' },
    'for machines': {
      AllowHostCertificates: true,
      AllowedDomains: ['shop.example'],
      AllowBareDomains: true,
      AllowSubdomains: true,
    },
    'what may be done with one': {
      AllowedExtensions: ['permit-pty', 'permit-port-forwarding'],
      DefaultExtensions: { 'permit-pty': '' },
      AllowedCriticalOptions: ['force-command'],
      DefaultCriticalOptions: { 'force-command': '/bin/true' },
    },
    'key ids': { AllowUserKeyIds: true, KeyIdFormat: '{{token_display_name}}' },
    'how it signs': { AlgorithmSigner: 'rsa-sha2-512' },
    'other times': { Ttl: '90m', MaxTtl: '2d', NotBeforeDuration: '1m' },
    'not for people': { AllowUserCertificates: false, AllowHostCertificates: true },
  },
  sameAs: {
    'written in another way': {
      ...properties,
      Mount: 'ssh',
      AllowedUsers: ['admin', 'ubuntu'],
      Ttl: 1800,
      MaxTtl: '0s',
    },
  },
  count: countAtPath,
};
