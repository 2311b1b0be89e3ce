import type { Example } from './example.ts';

const properties = { Users: ['author'], Teams: ['@acme/infra'] };

/** People of the sandbox GitHub, as `startAcmePeople` has them. */
export const accessExamples: readonly Example[] = [
  {
    type: 'Slipway::Access::Operators',
    creates: 'nothing',
    isOnlyRecorded: 'it is people, whom nobody makes',
    properties,
    edits: {
      'other people': { Users: ['author', 'operator'] },
      'no team': { Teams: undefined },
      'what they may do': { Options: ['no-port-forwarding'] },
      'by certificates': { Certificates: true },
      'how long keys are': { MinimumRsaBits: 4096 },
    },
    sameAs: {
      'in other letters, and the defaults said': {
        Users: ['Author', 'author'],
        Teams: ['@Acme/Infra'],
        Certificates: 'false',
        MinimumRsaBits: '3072',
      },
    },
    count: async () => 1,
  },
];
