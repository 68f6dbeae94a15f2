import type { Signal } from '@preact/signals';

export interface CheckboxProps {
  readonly label: string;
  readonly checked: Signal<boolean>;
  readonly title?: string | undefined;
  readonly className?: string;
}

export function Checkbox({ label, checked, title, className }: CheckboxProps) {
  return (
    <label class={className} title={title}>
      <input
        type="checkbox"
        checked={checked.value}
        onChange={(event) => {
          checked.value = event.currentTarget.checked;
        }}
      />
      {label}
    </label>
  );
}
