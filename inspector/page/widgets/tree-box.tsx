import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { itemIndexOf } from './item-index.ts';

export interface TreeItem {
  readonly id: string;
  /** From 1. */
  readonly level: number;
  /** null: it has no children. */
  readonly isOpen: boolean | null;
  readonly className?: string;
  readonly isSelected?: boolean;
  readonly content: ComponentChildren;
  readonly data?: Readonly<Record<`data-${string}`, string>>;
}

export interface TreeBoxProps {
  readonly label: string;
  readonly view?: string;
  readonly className: string;
  /** The visible items, from top to bottom. */
  readonly items: readonly TreeItem[];
  readonly onToggle: (id: string) => void;
  /** Without it, a click toggles the item. */
  readonly onChoose?: (id: string) => void;
}

/** A tree. The focus stays on the tree; the keys move a cursor in it. */
export function TreeBox({ label, view, className, items, onToggle, onChoose }: TreeBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const cursorId = useSignal<string | null>(null);
  /** The index of the cursor, used if its item has been removed. */
  const place = useRef(0);
  const found = items.findIndex(({ id, isSelected }) =>
    cursorId.value === null ? isSelected === true : id === cursorId.value,
  );
  const at = found < 0 ? Math.min(place.current, items.length - 1) : found;
  place.current = at;
  const current = items[at];

  useLayoutEffect(() => {
    if (cursorId.value !== null) box.current?.querySelector('.cursor')?.scrollIntoView({ block: 'nearest' });
  }, [cursorId.value]);

  const moveTo = (index: number) => {
    const item = items[Math.min(Math.max(index, 0), items.length - 1)];
    if (item !== undefined) cursorId.value = item.id;
  };
  const act = ({ id, isOpen }: TreeItem) => {
    cursorId.value = id;
    if (onChoose !== undefined) onChoose(id);
    else if (isOpen !== null) onToggle(id);
  };
  const actions: Readonly<Record<string, (item: TreeItem) => void>> = {
    ArrowDown: () => moveTo(at + 1),
    ArrowUp: () => moveTo(at - 1),
    Home: () => moveTo(0),
    End: () => moveTo(items.length - 1),
    Enter: act,
    ' ': act,
    ArrowRight: ({ id, isOpen }) => {
      if (isOpen === false) onToggle(id);
      else if (isOpen === true) moveTo(at + 1);
    },
    ArrowLeft: ({ id, isOpen, level }) => {
      if (isOpen === true) onToggle(id);
      else moveTo(items.findLastIndex((item, index) => index < at && item.level < level));
    },
  };

  return (
    <div
      class={`tree ${className}`}
      role="tree"
      aria-label={label}
      tabIndex={0}
      data-view={view}
      ref={box}
      aria-activedescendant={current === undefined ? undefined : `${prefix}-${at}`}
      onClick={({ target }) => {
        const item = items[itemIndexOf(target)];
        const isTextMarked = getSelection()?.isCollapsed === false;
        if (item === undefined || isTextMarked) return;
        box.current?.focus();
        if (item.isOpen !== null && isOnWedge(target)) onToggle(item.id);
        else act(item);
      }}
      onKeyDown={(event) => {
        const action = actions[event.key];
        if (action === undefined || current === undefined) return;
        event.preventDefault();
        action(current);
      }}
    >
      {items.map((item, index) => (
        <div
          key={item.id}
          id={`${prefix}-${index}`}
          class={['item', item.className ?? '', index === at ? 'cursor' : ''].join(' ')}
          role="treeitem"
          tabIndex={-1}
          aria-level={item.level}
          aria-expanded={item.isOpen ?? undefined}
          aria-selected={item.isSelected ?? undefined}
          style={{ '--level': String(item.level) }}
          data-place={index}
          {...item.data}
        >
          <span class="wedge" aria-hidden="true">
            {item.isOpen === null ? null : <Icon name="wedge" />}
          </span>
          {item.content}
        </div>
      ))}
    </div>
  );
}

const isOnWedge = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.wedge') !== null;
