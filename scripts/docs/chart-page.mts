import { markdownTable } from '../../src/domain/markdown-table.ts';
import type { Chart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { toMermaid } from '../../src/drawing/to-mermaid.ts';
import { toStateTable } from '../../src/drawing/to-state-table.ts';
import type { FoundChart } from './charts.mts';
import type { EventDoc } from './event-docs.mts';

/** The page of one chart: the drawing, its states, its events. */
export function chartPage({ name, file, machine }: FoundChart, eventDocs: readonly EventDoc[]): string {
  const chart = describeChart(machine.root);
  return [
    `# The ${name.replaceAll('-', ' ')} chart`,
    `<!-- Made by \`npm run docs\` from ${file}. -->`,
    chart.description ?? '',
    `\`\`\`mermaid\n${toMermaid(chart)}\`\`\``,
    '## States',
    toStateTable(chart).trimEnd(),
    '## Events',
    eventTable(chart, eventDocs).trimEnd(),
  ]
    .join('\n\n')
    .concat('\n');
}

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
