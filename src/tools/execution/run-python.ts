import * as z from 'zod';
import { AppError } from '../../domain/app-error.ts';
import { leastSeconds, mostSeconds } from '../../domain/duration-bounds.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { replacementOf } from '../../domain/python-replacement.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

export const runPython = defineTool({
  name: 'run_python',
  title: 'Replacement of a Python function',
  description: `Runs no Python: it answers which tool does what a Python function was to do, and with which arguments. Use it where a recipe from another system asks for run_python; then make the call that the error names. The answer is always an error with the code not_found. To run a program yourself, use run_cmd.
Example: {"callable": "smoke_utils.annotate_pr_diff", "args": {"pr_number": 7, "cwd": "/home/ann/shop", "output_dir": "/tmp/review"}}`,
  category: 'Execution',
  tags: ['kitchen'],
  needs: [],
  effect: 'reads',
  openWorld: false,
  input: z.object({
    callable: z.string().min(1).describe('Dotted name of the function, such as smoke_utils.annotate_pr_diff.'),
    args: z
      .record(z.string(), z.unknown())
      .nullable()
      .default(null)
      .describe('The arguments of the function by name; they are passed on to the call that replaces it.'),
    timeout: z
      .number()
      .min(leastSeconds)
      .max(mostSeconds)
      .default(30)
      .describe('Seconds; passed on where a command replaces the function.'),
  }),
  output: () => z.never().describe('No result: the answer is always an error.'),
  handler({ callable, args, timeout }, { listedTools, status }: Pick<ToolServices, 'listedTools' | 'status'>): never {
    const toolNames = listedTools().map(({ name }) => name);
    const replacement = replacementOf(callable, args ?? {}, { projectDir: status.read().projectDir, toolNames });
    if (replacement === null)
      throw new AppError(
        'invalid_input',
        `callable is ${encodeJson(callable)}, which is not a dotted name: give the module and the function, such as smoke_utils.annotate_pr_diff.`,
      );
    const { tool, note } = replacement;
    const toolArguments = tool === 'run_cmd' ? { ...replacement.args, timeout } : replacement.args;
    throw new AppError(
      'not_found',
      `This server runs no Python functions. Call ${tool} instead, with the arguments in details.arguments${note === null ? '.' : `. ${note}`}`,
      { details: { tool, arguments: toolArguments } },
    );
  },
});
