import { effect } from '@preact/signals';
import { render } from 'preact';
import { listenToDrops, showRequestedRecording } from './files/open-recording.ts';
import { serverLabel } from './header/server-label.ts';
import { listenToKeys } from './keyboard/listen-to-keys.ts';
import { chosenServerId, isNarrow, server } from './page-state.ts';
import { Shell } from './shell.tsx';
import { watchServers } from './stream/watch-servers.ts';

const narrow = matchMedia('(max-width: 860px)');
const updateNarrow = () => {
  isNarrow.value = narrow.matches;
};
narrow.addEventListener('change', updateNarrow);
updateNarrow();

/** `maitred inspect --server ID` puts the id into the link. */
chosenServerId.value = new URLSearchParams(location.hash.slice(1)).get('server');

effect(() => {
  const shown = server.value;
  document.title = shown === null ? 'maitred inspect' : `${serverLabel(shown)} – maitred inspect`;
});

render(<Shell />, document.body);
listenToKeys();
listenToDrops();
watchServers();
void showRequestedRecording();
