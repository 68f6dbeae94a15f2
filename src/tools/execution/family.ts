import type { ChildProcesses } from '../../services/platform/process/child-processes.ts';
import type { Workspace } from '../../services/workspace/workspace.ts';
import { toolFamily } from '../define-tool.ts';

export interface ExecutionServices {
  readonly processes: ChildProcesses;
  readonly workspace: Workspace;
}

export const defineExecutionTool = toolFamily<ExecutionServices>();
