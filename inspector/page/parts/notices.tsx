import { dismissNotice, notices, reading } from './notify.ts';

/** What has to be said: an error, or that something was done. */
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
      {reading.value === null ? null : (
        <p class="notice" aria-live="off">
          {reading.value}
        </p>
      )}
    </div>
  );
}
