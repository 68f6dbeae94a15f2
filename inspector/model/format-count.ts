/** A whole number with thousands separators: `30,000`. `Intl` would take tens of milliseconds to load. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
