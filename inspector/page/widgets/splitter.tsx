import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface SplitterProps {
  readonly label: string;
  /** The CSS variable that holds the size. */
  readonly property: string;
  /** Whether a move to the right, or down, increases or reduces the size. */
  readonly grows: 1 | -1;
  /** It separates panels above each other. */
  readonly isRow?: boolean;
  readonly least: number;
  readonly most: number;
}

const keyStepPx = 24;

/** A border between two panels that the pointer and the arrow keys can move. */
export function Splitter({ label, property, grows, isRow = false, least, most }: SplitterProps) {
  const border = useRef<HTMLDivElement>(null);
  const sizePx = useSignal(least);
  const grip = useRef<{ readonly at: number; readonly sizePx: number } | null>(null);
  const resize = (wanted: number) => {
    sizePx.value = Math.round(Math.min(Math.max(wanted, least), most));
    document.documentElement.style.setProperty(property, `${sizePx.value}px`);
  };
  /** The present size: style sheets give the first one, and may limit it. */
  const sizeOf = (splitter: HTMLElement) =>
    (isRow
      ? splitter.previousElementSibling?.getBoundingClientRect().height
      : splitter.parentElement?.getBoundingClientRect().width) ?? sizePx.value;
  useLayoutEffect(() => {
    if (border.current !== null) sizePx.value = Math.round(sizeOf(border.current));
  }, []);
  const placeOf = (event: PointerEvent) => (isRow ? event.clientY : event.clientX);
  const stepOf: Readonly<Record<string, number>> = isRow
    ? { ArrowDown: keyStepPx, ArrowUp: -keyStepPx }
    : { ArrowRight: keyStepPx, ArrowLeft: -keyStepPx };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved
    <div
      ref={border}
      class={isRow ? 'splitter across' : 'splitter'}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isRow ? 'horizontal' : 'vertical'}
      aria-valuenow={sizePx.value}
      aria-valuemin={least}
      aria-valuemax={most}
      onKeyDown={(event) => {
        const step = stepOf[event.key];
        if (step === undefined) return;
        event.preventDefault();
        resize(sizeOf(event.currentTarget) + grows * step);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { at: placeOf(event), sizePx: sizeOf(event.currentTarget) };
      }}
      onPointerMove={(event) => {
        if (grip.current !== null) resize(grip.current.sizePx + grows * (placeOf(event) - grip.current.at));
      }}
      onPointerUp={() => {
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
    />
  );
}
