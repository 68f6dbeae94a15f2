/** Whether a variable makes a server record a scenario or replay one, or says how: what it starts must not inherit it. */
export const isScenarioVariable = (name: string): boolean => /^MAITRED_(?:RECORD_SCENARIO|REPLAY_)/.test(name);
