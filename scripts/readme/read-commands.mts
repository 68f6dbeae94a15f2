/** One command of a page, in the order of the page. */
export interface ShownCommand {
  readonly line: number;
  readonly command: string;
  /** What the page shows below it; null: it shows nothing. */
  readonly output: string | null;
}

/** The commands in a Markdown page: every line of its `sh` blocks, and what follows a `$` in its `console` blocks. */
export function readCommands(page: string): ShownCommand[] {
  const commands: ShownCommand[] = [];
  let block: string | null = null;
  for (const [index, text] of page.split('\n').entries()) {
    const line = index + 1;
    if (text.startsWith('```')) block = block === null ? text.slice(3) : null;
    else if (block === 'sh') {
      const command = text.replace(/(^|\s+)#.*$/, '');
      if (command !== '') commands.push({ line, command, output: null });
    } else if (block === 'console') {
      const last = commands.at(-1);
      if (text.startsWith('$ ')) commands.push({ line, command: text.slice(2), output: '' });
      else if (last?.output != null) commands[commands.length - 1] = { ...last, output: `${last.output}${text}\n` };
    }
  }
  return commands;
}

/** Whether a command has printed what the page shows, where `…` stands for any text, and the width of columns does not matter. */
export function printsAsShown(shown: string, printed: string): boolean {
  const pattern = narrow(shown)
    .split('…')
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^]*')}$`).test(narrow(printed));
}

const narrow = (text: string): string => text.trim().replace(/ +/g, ' ');
