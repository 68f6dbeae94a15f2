import { nearestName } from './nearest-name.ts';

export type DescribeUnknownOption = (name: string, options: readonly { readonly long: string }[]) => string;

/** What is wrong with an option that a command does not have, and which one was probably meant. */
export const describeUnknownOption: DescribeUnknownOption = (name, options) => {
  const meant = nearestName(
    name,
    options.map(({ long }) => long),
  );
  return `unknown option ${name}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
};
