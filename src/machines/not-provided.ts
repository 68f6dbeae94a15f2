import { type EventObject, fromCallback, fromPromise, type NonReducibleUnknown } from 'xstate';

/**
 * Charts name their work and `provide` gives it: these stand in until then. Starting one is a defect, said by name.
 */
export const promiseNotProvided = <Output, Input extends NonReducibleUnknown = undefined>(name: string) =>
  fromPromise<Output, Input>(async () => {
    throw new Error(`the actor ${name} is not provided`);
  });

export const callbackNotProvided = <Event extends EventObject, Input extends NonReducibleUnknown = undefined>(
  name: string,
) =>
  fromCallback<Event, Input>(() => {
    throw new Error(`the actor ${name} is not provided`);
  });

export const actionNotProvided = (name: string) => () => {
  throw new Error(`the action ${name} is not provided`);
};
