import type { Example } from '../example.ts';

const properties = {
  Name: 'example',
  Type: 'file',
  Options: { file_path: 'discard', hmac_accessor: 'false' },
  Description: 'What nobody reads',
};

/** On a server of its own, whose configuration lets one be made. */
export const audit: Example = {
  type: 'Vault::Audit',
  creates: 'POST sys/audit/example',
  properties,
  edits: {},
  sameAs: { 'the defaults said': { ...properties, Local: 'false' } },
  count: async (_aws, _made, _intent, context) =>
    Object.keys((await context!.vault!.vault.read('sys/audit')) ?? {}).filter((name) => name === 'example/')
      .length,
};
