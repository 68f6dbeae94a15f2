import { useSignal } from '@preact/signals';
import type { ValueNode } from '../../model/diff-json.ts';
import { TreeBox, type TreeItem } from '../widgets/tree-box.tsx';

export interface ValueTreeProps {
  readonly label: string;
  readonly view?: string;
  readonly root: ValueNode;
}

/** A value with more members starts closed, on one line. */
const mostOpened = 12;

/** A value as a tree that can be opened and closed. Changed members start open. */
export function ValueTree({ label, view, root }: ValueTreeProps) {
  /** Items that the user opened or closed. */
  const turned = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const items: TreeItem[] = [];
  const isOpenAt = (node: ValueNode, path: string, level: number) =>
    turned.value.get(path) ?? (node.change === 'within' || (level === 1 && isSmall(node)));
  const add = (node: ValueNode, path: string, level: number) => {
    const isOpen = hasMembers(node) || isLong(node) || node.lines !== null ? isOpenAt(node, path, level) : null;
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

const isSmall = (node: ValueNode) => node.lines !== null || (hasMembers(node) && node.children.length <= mostOpened);

/** Its text is longer than one line. */
const isLong = ({ text, summary, children }: ValueNode) => children.length === 0 && text !== summary;

const changeTexts = { added: 'added', removed: 'removed', changed: 'changed', within: 'changed within' } as const;

function Value({ node, isOpen }: { readonly node: ValueNode; readonly isOpen: boolean }) {
  const { name, kind, text, lines, summary, change, before } = node;
  return (
    <span class={hasMembers(node) ? 'label of-many' : 'label'}>
      {name === '' ? null : <span class="name">{name} </span>}
      {before === null ? null : (
        <>
          <del>{before}</del>{' '}
        </>
      )}
      <span class={`value ${kind} ${isOpen && lines !== null ? 'lines' : ''}`} title={isOpen ? undefined : summary}>
        {isOpen ? (lines ?? text) : summary}
      </span>
      {change === null ? null : <span class="for-readers"> ({changeTexts[change]})</span>}
    </span>
  );
}
