import { type ColourScheme, dark, light, type Palette } from './palette.ts';
import { sizes } from './type-sizes.ts';

/** The style sheet of a picture. Colours are literal values: some SVG viewers do not support CSS variables. */
export function svgStyle(scheme: ColourScheme): string {
  const colours = scheme === 'dark' ? coloursOf(dark) : coloursOf(light);
  const others = scheme === 'auto' ? `\n@media (prefers-color-scheme: dark) {\n${coloursOf(dark)}\n}` : '';
  return `\n${shapes}\n${colours}${others}\n`;
}

/** System fonts, the narrower ones first; no font is embedded. */
const typeface = `'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, system-ui, sans-serif`;

const shapes = `.maitred { font: ${sizes.text}px ${typeface}; }
.maitred .chart { font-size: ${sizes.chart}px; font-weight: 600; }
.maitred .name { font-size: ${sizes.name}px; font-weight: 600; }
.maitred .line { fill: none; stroke-width: 1.25; stroke-linejoin: round; }
.maitred .error .line { stroke-dasharray: 4 3; }
.maitred .sign { fill: none; stroke-width: 1.25; stroke-linecap: round; stroke-linejoin: round; }
.maitred .region > .box { stroke-dasharray: 5 4; }`;

const coloursOf = (palette: Palette): string =>
  Object.entries(rulesOf(palette))
    .map(([selectors, declarations]) => {
      const scoped = selectors.split(', ').map((selector) => `.maitred ${selector}`);
      return `${scoped.join(', ')} { ${declarations} }`;
    })
    .join('\n');

const rulesOf = ({ paper, well, border, ink, quietInk, line, actor, error, errorLine }: Palette) => ({
  '.paper, .leaf > .box, .any .pill, .chip': `fill: ${paper}`,
  '.compound > .box': `fill: ${well}`,
  '.box, .paper, .any .pill': `stroke: ${border}`,
  text: `fill: ${ink}`,
  '.description, .condition, .any text': `fill: ${quietInk}`,
  '.invoke text, .spawn text': `fill: ${actor}`,
  '.invoke .sign, .spawn .sign': `stroke: ${actor}`,
  '.sign': `stroke: ${quietInk}`,
  '.line': `stroke: ${line}`,
  '.head': `fill: ${line}`,
  '.dot': `fill: ${ink}`,
  '.failure text': `fill: ${error}`,
  '.failure .sign': `stroke: ${error}`,
  '.error .line': `stroke: ${errorLine}`,
  '.error .head': `fill: ${errorLine}`,
});
