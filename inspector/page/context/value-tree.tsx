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
    turned.value.get(path) ?? (node.change === 'within' || (level === 1 && node.children.length <= mostOpened));
  const add = (node: ValueNode, path: string, level: number) => {
    const isOpen = node.children.length === 0 ? null : isOpenAt(node, path, level);
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

const changeWords = { added: 'added', removed: 'removed', changed: 'changed', within: 'changed within' } as const;

function Value({
  node: { name, kind, text, summary, change, before, children },
  isOpen,
}: {
  node: ValueNode;
  isOpen: boolean;
}) {
  return (
    <span class={children.length === 0 ? 'label' : 'label of-many'}>
      {name === '' ? null : <span class="name">{name} </span>}
      {before === null ? null : (
        <>
          <del>{before}</del>{' '}
        </>
      )}
      <span class={`value ${kind}`} title={isOpen ? undefined : summary}>
        {isOpen ? text : summary}
      </span>
      {change === null ? null : <span class="for-readers"> ({changeWords[change]})</span>}
    </span>
  );
}
