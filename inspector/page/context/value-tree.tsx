import { useSignal } from '@preact/signals';
import type { ValueNode } from '../../model/diff-json.ts';
import { TreeBox, type TreeItem } from '../parts/tree-box.tsx';

export interface ValueTreeProps {
  readonly label: string;
  readonly view?: string;
  readonly root: ValueNode;
}

/** With more in it, a value is shown on one line until it is opened. */
const mostOpened = 12;

/** A value as a tree that can be opened and closed. What has changed in it is open. */
export function ValueTree({ label, view, root }: ValueTreeProps) {
  /** What was opened or closed by hand. */
  const turned = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const items: TreeItem[] = [];
  const isOpenAt = (node: ValueNode, path: string, level: number) =>
    turned.value.get(path) ??
    (node.change === 'within' || (level === 1 && hasMembers(node) && node.children.length <= mostOpened));
  const add = (node: ValueNode, path: string, level: number) => {
    const isOpen = hasMembers(node) || isLong(node) ? isOpenAt(node, path, level) : null;
    items.push({
      id: path,
      level,
      isOpen,
      className: node.change === null ? '' : `is-${node.change}`,
      content: <Value node={node} isOpen={isOpen === true} />,
    });
    if (isOpen === true) addAll(node.children, path, level + 1);
  };
  const addAll = (nodes: readonly ValueNode[], path: string, level: number) => {
    for (const [at, node] of nodes.entries()) add(node, `${path}/${at} ${node.name}`, level);
  };
  if (root.children.length === 0) add(root, '', 1);
  else addAll(root.children, '', 1);
  return (
    <TreeBox
      label={label}
      {...(view === undefined ? {} : { view })}
      className="value-tree"
      items={items}
      onToggle={(path) => {
        const isOpen = items.find(({ id }) => id === path)?.isOpen === true;
        turned.value = new Map([...turned.value, [path, !isOpen]]);
      }}
    />
  );
}

const hasMembers = ({ children }: ValueNode) => children.length > 0;

/** There is more of it than is shown on one line. */
const isLong = ({ text, summary, children }: ValueNode) => children.length === 0 && text !== summary;

/** Lines of a text as lines, where it is shown as a whole. */
const inLines = (text: string) => text.replaceAll(/(?<!\\)((?:\\\\)*)\\n/g, '$1\n');

const changeWords = { added: 'added', removed: 'removed', changed: 'changed', within: 'changed within' } as const;

function Value({ node, isOpen }: { readonly node: ValueNode; readonly isOpen: boolean }) {
  const { name, kind, text, summary, change, before } = node;
  return (
    <span class={hasMembers(node) ? 'label of-many' : 'label'}>
      {name === '' ? null : <span class="name">{name} </span>}
      {before === null ? null : (
        <>
          <del>{before}</del>{' '}
        </>
      )}
      <span class={`value ${kind}`} title={isOpen ? undefined : summary}>
        {isOpen ? inLines(text) : summary}
      </span>
      {change === null ? null : <span class="for-readers"> ({changeWords[change]})</span>}
    </span>
  );
}
