import { render } from 'preact';

render(<main>maitred inspect</main>, document.body);
