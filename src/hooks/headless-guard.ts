import { runHook } from './run-hook.ts';

/* Keeps a headless session from the tools that run things; its client asks for no others, so the event need not be readable. */

void runHook(({ isHeadless }) =>
  isHeadless
    ? {
        deny: 'This tool is not for headless sessions (MAITRED_HEADLESS=1): the session that started this one calls it. Do the work with your own tools, and say in your answer what is left to run.',
      }
    : null,
);
