import { isScalar } from 'yaml';

/** Whether a node of a YAML text says nothing: it is not there, or it is null. */
export const isNothing = (node: unknown): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null);
