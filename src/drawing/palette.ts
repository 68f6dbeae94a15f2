/** The colours of a picture; `auto` follows the viewer's setting. */
export type ColourScheme = 'auto' | 'light' | 'dark';

export interface Palette {
  readonly paper: string;
  /** Fills a box that contains others; translucent, so each level of nesting is a little darker (or lighter). */
  readonly well: string;
  readonly border: string;
  readonly ink: string;
  /** Secondary text; its contrast with the paper and four nested wells is at least 4.5. */
  readonly quietInk: string;
  readonly line: string;
  /** Actors. */
  readonly actor: string;
  readonly error: string;
  readonly errorLine: string;
}

export const light: Palette = {
  paper: '#ffffff',
  well: 'rgba(27, 31, 36, 0.035)',
  border: '#b4bcc6',
  ink: '#1b1f24',
  quietInk: '#505a65',
  line: '#7b8592',
  actor: '#0a58a8',
  error: '#a1352b',
  errorLine: '#cf9a94',
};

export const dark: Palette = {
  paper: '#0f1318',
  well: 'rgba(230, 237, 243, 0.04)',
  border: '#444d58',
  ink: '#e6edf3',
  quietInk: '#a3adb8',
  line: '#7d8793',
  actor: '#7cb7ff',
  error: '#f29a90',
  errorLine: '#85504b',
};
