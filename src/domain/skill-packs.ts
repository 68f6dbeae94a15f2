/** Groups of skills: a skill is in the packs that its categories name. Skills of the other packs are offered without a setting. */
export const skillPacks: Readonly<Record<string, { readonly isEnabledByDefault: boolean }>> = {
  github: { isEnabledByDefault: true },
  ci: { isEnabledByDefault: true },
  clone: { isEnabledByDefault: true },
  telemetry: { isEnabledByDefault: true },
  'arch-lens': { isEnabledByDefault: true },
  audit: { isEnabledByDefault: true },
  research: { isEnabledByDefault: false },
  'exp-lens': { isEnabledByDefault: false },
  'vis-lens': { isEnabledByDefault: false },
};

/** The settings `subsets.disabled` and `packs.enabled`. */
export interface SkillChoice {
  readonly disabledCategories: readonly string[];
  readonly enabledPacks: readonly string[];
}

/** Why a skill with these categories is not offered, as a sentence with what to do; null: it is. `subsets.disabled` wins over `packs.enabled`. */
export function whyDisabled(categories: readonly string[], choice: SkillChoice): string | null {
  const disabled = categories.find((category) => choice.disabledCategories.includes(category));
  if (disabled !== undefined) return `its category ${disabled} is in subsets.disabled; remove it there`;
  const pack = categories.find(
    (category) => skillPacks[category]?.isEnabledByDefault === false && !choice.enabledPacks.includes(category),
  );
  return pack === undefined ? null : `the pack ${pack} is not enabled; add it to packs.enabled`;
}
