import { markdownTable } from '../../src/domain/markdown-table.ts';
import type { Chart } from '../../src/drawing/chart.ts';
import { toStateTable } from '../../src/drawing/to-state-table.ts';
import { machineFile } from './charts.mts';
import type { EventDoc } from './event-docs.mts';

/** The page of one chart: the drawing, its states, its events. */
export function chartPage(name: string, chart: Chart, eventDocs: readonly EventDoc[]): string {
  const title = `The ${name.replaceAll('-', ' ')} chart`;
  return [
    `# ${title}`,
    `<!-- Made by \`npm run docs\` from ${machineFile(name)}. -->`,
    chart.description ?? '',
    `![${title}](${name}.svg)`,
    legend,
    '## States',
    toStateTable(chart).trimEnd(),
    '## Events',
    eventTable(chart, eventDocs).trimEnd(),
  ]
    .join('\n\n')
    .concat('\n');
}

const legend =
  'In a box: ▷ an actor that runs as long as the state, + one that outlives it, – an event that does not leave the state, ↻ an event that enters it again, ' +
  '× an event that leads to a failed state. Red marks failures and time limits; an arrow with only those is dashed.';

function eventTable({ id, nodes, edges }: Chart, eventDocs: readonly EventDoc[]): string {
  const answeredIn = new Map<string, Set<string>>();
  for (const { trigger, fromId } of edges) {
    if (trigger.kind !== 'event') continue;
    const states = answeredIn.get(trigger.event) ?? new Set();
    answeredIn.set(trigger.event, states);
    const state = nodes.find((node) => node.id === fromId)?.path.join('.');
    states.add(fromId === id ? 'every state' : `\`${state}\``);
  }
  const rows = [...answeredIn].map(([event, states]) => {
    const { carries = [], meaning = '' } = eventDocs.find((doc) => doc.event === event) ?? {};
    return [`\`${event}\``, meaning, carries.map((field) => `\`${field}\``).join(', '), [...states].join(', ')];
  });
  return markdownTable(['event', 'meaning', 'carries', 'answered in'], rows);
}
