/** Set for the server that `maitred cook` gives to its client, which has no entry of its own for it. */
export const cookVariable = 'MAITRED_COOK';
