import type { Message } from './spawned-server.ts';

/** The names of the tools in an answer to tools/list, in order. */
export function listedNames({ result }: Message): string[] {
  return ((result?.tools ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
}
