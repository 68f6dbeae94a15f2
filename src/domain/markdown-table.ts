/** A Markdown table. Cells may hold Markdown; pipes and line breaks are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cellText).join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

const cellText = (text: string) => text.replace(/(?<!\\)\|/g, '\\|').replace(/\s*\n\s*/g, ' ');

/** Foreign text for a cell, with Markdown's special characters escaped. */
export const markdownText = (text: string): string => text.replace(/[\\`*<>[\]|]/g, '\\$&');
