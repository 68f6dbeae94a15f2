import { openRecording } from '../files/open-recording.ts';
import { link } from '../page-state.ts';

/** What to do where nothing is there to be looked at. */
export function NoServer() {
  if (link.value.kind !== 'open') return null;
  return (
    <div class="no-server">
      <h2>No server runs yet</h2>
      <p>
        Let a client start one, or type <code>maitred serve --inspect</code> in a project. It appears here by itself.
      </p>
      <p>
        Or look at a recording:{' '}
        <button type="button" class="button" onClick={openRecording}>
          Choose a file
        </button>
      </p>
    </div>
  );
}
