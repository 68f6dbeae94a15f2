import { runHook } from './run-hook.ts';

/* Denies a headless session the tools that run programs. The client starts this script for those tools only, so the event is not needed. */

void runHook(({ isHeadless }) =>
  isHeadless
    ? {
        deny: 'This tool is not for headless sessions (MAITRED_HEADLESS=1): only the session that started this one may call it. Do the work with your own tools, and list in your answer what is left to run.',
      }
    : null,
);
