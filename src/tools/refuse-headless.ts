import { AppError } from '../domain/app-error.ts';

/** Headless sessions may not open or close the gate, nor call a gated tool without the tag `headless`. @throws AppError `forbidden` */
export function refuseHeadless({ isHeadless }: { readonly isHeadless: boolean }, tool: string): void {
  if (!isHeadless) return;
  throw new AppError(
    'forbidden',
    `${tool} is not available in headless sessions (MAITRED_HEADLESS=1). Leave this call to the session that started this one.`,
  );
}
