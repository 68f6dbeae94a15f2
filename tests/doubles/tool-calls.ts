import { expect } from 'vitest';
import type * as z from 'zod';
import type { ProcessProgress, ProcessSpec } from '../../src/domain/child-process.ts';
import type { ChildProcesses, FinishedProcess } from '../../src/services/platform/process/child-processes.ts';
import type { EmptyFolder } from '../../src/services/workspace/empty-folder.ts';
import type { Workspace } from '../../src/services/workspace/workspace.ts';
import type { CallScope, Tool } from '../../src/tools/define-tool.ts';
import type { ServerStatus } from '../../src/tools/tool-services.ts';
import { aServerRecord } from './server-records.ts';

export function aScope(signal = new AbortController().signal) {
  const reports: string[] = [];
  return { signal, reports, report: (message: string) => void reports.push(message) };
}

/** Calls a tool's handler with doubles. The result must be what the tool declares, with no other fields. */
export async function callTool<Services, Input extends z.ZodObject, Output>(
  tool: Tool<Services, Input, Output>,
  args: z.input<Input>,
  services: Services,
  scope: CallScope = aScope(),
): Promise<Output> {
  const result = await tool.handler(tool.input.parse(args), services, scope);
  expect(tool.output().parse(result)).toEqual(result);
  return result;
}

const anOutput = (text = '') => ({ text, sizeBytes: text.length, truncatedBytes: 0, file: null });

type Ending = Partial<Omit<FinishedProcess, 'stdout' | 'stderr'>> & {
  readonly stdout?: string | FinishedProcess['stdout'];
  readonly stderr?: string;
};

/** Programs that all end in this way; `started` holds what was started. */
export function programsThatEnd({ stdout = '', stderr = '', ...ending }: Ending = {}, progress?: ProcessProgress) {
  const started: ProcessSpec[] = [];
  const processes: ChildProcesses = {
    async run(spec, { onProgress }) {
      started.push(spec);
      if (progress !== undefined) onProgress?.(progress);
      return {
        reason: 'exited',
        exit: { code: 0, signal: null },
        others: 0,
        survivors: [],
        elapsedMs: 1_000,
        isOutputDiskFull: false,
        ...ending,
        stdout: typeof stdout === 'string' ? anOutput(stdout) : stdout,
        stderr: anOutput(stderr),
      };
    },
  };
  return { processes, started };
}

/** Resolves each path to one below /real. The identity of a disposable folder names what was to be kept. */
export const aWorkspace: Workspace = {
  folder: (path) => `/real${path}`,
  madeFolder: (path) => `/real${path}`,
  file: (path) => `/real${path}`,
  disposableFolder: async (path, _, { keep }) => ({ path: `/real${path}`, identity: keep.join() }),
};

/** Empties nothing. `orders` holds what was to be emptied, and each time the same is reported. */
export function folderThatIsEmptied(failed: readonly { readonly path: string; readonly error: string }[] = []) {
  const orders: { path: string; identity: string; keep: readonly string[] }[] = [];
  const emptyFolder: EmptyFolder = async (folder, { keep, onProgress }) => {
    orders.push({ ...folder, keep });
    onProgress?.(12);
    return {
      deleted: { first: ['out'], count: 1 },
      failed: { first: failed, count: failed.length },
      skipped: keep,
      entriesDeleted: 12,
    };
  };
  return { emptyFolder, orders };
}

export const aStatus = (change: Partial<ServerStatus> = {}): ServerStatus => ({
  read: () => aServerRecord({ version: '1.2.3' }),
  stateDir: '/state',
  logFile: null,
  isHeadless: false,
  pluginVersion: () => null,
  ...change,
});
