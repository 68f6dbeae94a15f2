import { describe, expect, it } from 'vitest';
import { AppError, appErrorOf, errorKinds, isAppError, toFault } from '../../src/domain/app-error.ts';

describe('An AppError', () => {
  it('becomes a fault and an error again', () => {
    const fault = { code: 'conflict', message: 'taken', details: { path: '/a' } } as const;
    expect(toFault(appErrorOf(fault))).toEqual(fault);
    expect(toFault(new AppError('closed', 'closed'))).toEqual({ code: 'closed', message: 'closed' });
  });

  it('is recognized if it comes from another bundle, with a class of its own', () => {
    const foreign = Object.assign(new Error('from there'), { [Symbol.for('maitred.AppError')]: true, code: 'closed' });
    expect(isAppError(foreign)).toBe(true);
    expect(toFault(foreign)).toMatchObject({ code: 'closed', message: 'from there' });
  });

  it.each([
    [new Error('boom'), 'boom'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [{ [Symbol.for('maitred.AppError')]: true, code: 'closed' }, '[object Object]'],
  ])('is not what else is thrown: a defect, hence internal (%s)', (thrown, message) => {
    expect(toFault(thrown)).toEqual({ code: 'internal', message });
  });

  it('has an exit code of its own for each code', () => {
    const exitCodes = Object.values(errorKinds).map(({ exitCode }) => exitCode);
    expect(new Set(exitCodes).size).toBe(exitCodes.length);
  });
});
