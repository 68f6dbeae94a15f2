import { namePattern } from '../../expression/syntax-tree.ts';
import { isJsonObject } from '../../json-object.ts';
import { type Problem, pathText, quoted } from '../finding.ts';
import type { RecipeRule } from '../recipe-rule.ts';

export const badName: RecipeRule = {
  id: 'bad-name',
  severity: 'error',
  *check({ data, file, inputsKey, inputs, steps, stepNames }) {
    for (const path of prototypeKeys(data, [])) yield problemAt(path, 'choose another name');
    const named = [
      ...[...inputs.keys()].map((name) => [inputsKey, name]),
      ...[...stepNames].map((name) => ['steps', name]),
      ...[...steps].flatMap(([step, { capture = {}, capture_list = {} }]) => [
        ...Object.keys(capture).map((name) => ['steps', step, 'capture', name]),
        ...Object.keys(capture_list).map((name) => ['steps', step, 'capture_list', name]),
      ]),
    ];
    for (const path of named) {
      const name = path.at(-1) ?? '';
      if (!namePattern.test(name)) yield problemAt(path, 'write a letter, and then letters, digits, _ and -');
    }
    if (file.name !== undefined && !isCallable(file.name)) {
      const message = `the recipe cannot be called ${quoted(file.name)}`;
      const fix =
        'write a name without / and control characters that does not end in .yaml, as that is the path of a file';
      yield { message, fix, at: { path: ['name'] } };
    }
    const own = [...steps].filter(([step, { name = step }]) => name !== step);
    for (const [step, { name }] of own) {
      const message = `the name ${quoted(name ?? '')} is not that of the step`;
      yield { message, fix: `write ${quoted(step)}, or remove the key`, at: { path: ['steps', step, 'name'] } };
    }
    if (file.inputs !== undefined && file.ingredients !== undefined) {
      const message = 'the recipe has inputs and ingredients, which are the same';
      yield { message, fix: 'move all of them to inputs', at: { path: ['ingredients'], isKey: true } };
    }
  },
};

/** Whether people can name the recipe in a command. */
const isCallable = (name: string) => !/[/\p{Cc}]|\.ya?ml$/u.test(name.trim()) && name.trim() !== '';

function problemAt(path: readonly PropertyKey[], fix: string): Problem {
  const message = `${quoted(String(path.at(-1)))} cannot be a name in ${pathText(path.slice(0, -1))}`;
  return { message, fix, at: { path, isKey: true } };
}

/** A key that other programs take for something else than a name. It is in no other part of a recipe than the plain data. */
function* prototypeKeys(value: unknown, path: readonly PropertyKey[]): Generator<readonly PropertyKey[]> {
  if (Array.isArray(value)) for (const [index, each] of value.entries()) yield* prototypeKeys(each, [...path, index]);
  else if (isJsonObject(value))
    for (const [key, each] of Object.entries(value)) {
      if (key === '__proto__') yield [...path, key];
      yield* prototypeKeys(each, [...path, key]);
    }
}
