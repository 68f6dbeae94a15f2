import { printable } from '../domain/printable-text.ts';
import { findUnsafeInstall } from '../domain/unsafe-install.ts';
import { runHook, textFrom } from './run-hook.ts';

/* Denies editable installs into shared environments. */

/** A longer script was not written by hand. */
const longestScript = 1_000_000;
const longestShown = 200;

void runHook(({ event }) => {
  const script = textFrom(event.toolInput.cmd);
  if (script === null || script.length > longestScript) return null;
  const found = findUnsafeInstall(script);
  if (found === null) return null;
  const shown = printable(found.length > longestShown ? `${found.slice(0, longestShown)}…` : found);
  return {
    deny: `"${shown}" would link a shared environment to this folder, and break it when the folder is deleted. Install into the project's own environment: uv venv .venv && uv pip install --python .venv/bin/python -e .`,
  };
});
