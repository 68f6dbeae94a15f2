import { chooseServer, listedServers, server } from '../page-state.ts';
import { serverLabel } from './server-label.ts';

/** The choice among servers and recordings. */
export function ServerSelect() {
  const chosen = server.value;
  if (chosen === null) return null;
  return (
    <label class="server-select">
      <span class="for-readers">Server</span>
      <select value={chosen.id} onChange={(event) => chooseServer(event.currentTarget.value)}>
        {listedServers.value.map((each) => (
          <option key={each.id} value={each.id}>
            {serverLabel(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
