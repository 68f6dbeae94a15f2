import { AppError } from '../domain/app-error.ts';

/** A headless session is a worker: it may not open the kitchen that it works for, nor call what is in it. */
export function refuseHeadless(status: { readonly isHeadless: boolean }, tool: string): void {
  if (!status.isHeadless) return;
  throw new AppError(
    'forbidden',
    `${tool} is not for headless sessions (MAITRED_HEADLESS=1); the session that started this one calls it.`,
  );
}
