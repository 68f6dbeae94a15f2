/** Whether a text names the file of a recipe, and not a recipe. */
export const isRecipePath = (named: string): boolean => named.includes('/') || /\.ya?ml$/.test(named);
