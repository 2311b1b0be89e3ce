/** The packs that ship, in the order of the catalogue. */
export const packs: readonly { readonly name: string; readonly about: string }[] = [
  {
    name: 'default',
    about: 'What nearly everyone wants, quiet enough to leave on.',
  },
  {
    name: 'cis-aws',
    about:
      'The CIS AWS Foundations Benchmark, versions 5.0 and 3.0: every control that speaks of what a template of these resource types can say.',
  },
  {
    name: 'aws-fsbp',
    about:
      'AWS Foundational Security Best Practices, as Security Hub has them: every control that speaks of what a template of these resource types can say. What Security Hub checks later in the account is said here before it is made.',
  },
  {
    name: 'governance',
    about:
      "An organisation's own rules: tags, regions, sizes, names, addresses, what may be public, what may be destroyed and when. Most have values to choose; the defaults are only a beginning.",
  },
];
