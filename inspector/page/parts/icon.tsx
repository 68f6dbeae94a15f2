const paths = {
  back: 'M12 3.5 7.5 8l4.5 4.5M4 3.5v9',
  forward: 'M4 3.5 8.5 8 4 12.5M12 3.5v9',
  save: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
  open: 'M8 10.5v-8M4.5 6 8 2.5 11.5 6M3 13.5h10',
  wedge: 'M6 4l4 4-4 4',
} as const;

/** A sign of one line, of the size of the text. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
