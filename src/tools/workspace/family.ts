import type { ToolSettings } from '../../domain/config.schema.ts';
import type { Redactor } from '../../domain/redact.ts';
import type { Git } from '../../services/git/git.ts';
import type { ChildProcesses } from '../../services/platform/process/child-processes.ts';
import type { EmptyFolder } from '../../services/workspace/empty-folder.ts';
import type { Workspace } from '../../services/workspace/workspace.ts';
import { toolFamily } from '../define-tool.ts';

export interface WorkspaceServices {
  readonly processes: ChildProcesses;
  readonly workspace: Workspace;
  readonly git: Pick<Git, 'fetchBranch' | 'changedFiles'>;
  readonly emptyFolder: EmptyFolder;
  readonly settings: ToolSettings;
  readonly redact: Pick<Redactor, 'text'>;
}

export const defineWorkspaceTool = toolFamily<WorkspaceServices>();
