import { AppError } from '../../domain/app-error.ts';

/** The error where there is no Claude Code. @param file the name that was looked up in PATH */
export function claudeMissing(file: string): AppError {
  const message = `Claude Code is not installed: there is no program ${file} in PATH. Run npm install -g @anthropic-ai/claude-code, start claude once and log in.`;
  return new AppError('not_found', message, { details: { file } });
}
