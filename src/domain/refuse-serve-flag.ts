import { AppError } from './app-error.ts';
import { encodeJson } from './encode-json.ts';
import { type RefuseServeFlag, serveOptions } from './serve-flags.ts';
import { describeUnknownOption } from './unknown-option.ts';

export const refuseServeFlag: RefuseServeFlag = (problem, name, given = '') => {
  const option = serveOptions.find(({ long }) => long === name);
  const shown = encodeJson(given);
  switch (problem) {
    case 'unknown':
      return usageError(
        name.startsWith('-') ? describeUnknownOption(name, serveOptions) : `unexpected argument ${shown}`,
      );
    case 'takesNoValue':
      return usageError(`${name} takes no value`);
    case 'needsValue':
      return usageError(`${name} needs a value: ${name} ${option?.placeholder}`);
    case 'badAssignment':
      return usageError(`${name} ${shown} is not section.key=value, such as --set readiness.wait_seconds=5`);
    case 'badValue': {
      const { sets } = option ?? {};
      const values = typeof sets === 'object' && 'values' in sets ? sets.values : 'another value';
      return new AppError('invalid_input', `${name} is ${shown}; expected ${values}; see maitred serve --help`);
    }
  }
};

function usageError(what: string): AppError {
  const known = serveOptions.map(({ long }) => long).join(', ');
  return new AppError('invalid_input', `${what}; maitred serve takes ${known}; see maitred serve --help`);
}
