import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnyStateMachine, StateMachine } from 'xstate';

const machinesDir = 'src/machines';
const ending = '.machine.ts';

export interface FoundChart {
  /** The file name without its ending: `startup-task`. */
  readonly name: string;
  readonly machine: AnyStateMachine;
}

/** All charts of the program: the machine that each `*.machine.ts` exports. */
export async function findCharts(): Promise<FoundChart[]> {
  const files = (await readdir(machinesDir)).filter((file) => file.endsWith(ending)).sort();
  return Promise.all(
    files.map(async (name) => {
      const file = `${machinesDir}/${name}`;
      const exported: object = await import(pathToFileURL(resolve(file)).href);
      const machine = Object.values(exported).find((value): value is AnyStateMachine => value instanceof StateMachine);
      if (machine === undefined) throw new Error(`${file} exports no machine`);
      return { name: name.slice(0, -ending.length), machine };
    }),
  );
}

export const machineFile = (name: string) => `${machinesDir}/${name}${ending}`;
