const paths = {
  back: 'M12 3.5 7.5 8l4.5 4.5M4 3.5v9',
  forward: 'M4 3.5 8.5 8 4 12.5M12 3.5v9',
  wedge: 'M6 4l4 4-4 4',
} as const;

/** An outline icon in the size of the text. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
