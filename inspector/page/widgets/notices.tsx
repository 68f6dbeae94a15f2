import { dismissNotice, notices, progress } from './notify.ts';

/** Errors and confirmations. */
export function Notices() {
  return (
    <div class="notices" role="alert">
      {notices.value.map(({ id, text, isError }) => (
        <p key={id} class={isError ? 'notice error' : 'notice'}>
          <span>{text}</span>
          <button type="button" class="plain" aria-label="Dismiss" onClick={() => dismissNotice(id)}>
            ×
          </button>
        </p>
      ))}
      {progress.value === null ? null : (
        <p class="notice" aria-live="off">
          {progress.value}
        </p>
      )}
    </div>
  );
}
