/** `$0.42` @param costUsd null: unknown */
export function costText(costUsd: number | null): string {
  if (costUsd === null) return 'cost unknown';
  return `$${costUsd > 0 && costUsd < 0.01 ? costUsd.toFixed(4) : costUsd.toFixed(2)}`;
}
