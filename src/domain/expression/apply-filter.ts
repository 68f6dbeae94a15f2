import type { FilterName } from './syntax-tree.ts';
import { textOf } from './value-text.ts';

type Warn = (problem: string) => void;

/** @param warn is told why the result is null, of a text that cannot be read */
export const applyFilter = (filter: FilterName, value: unknown, warn: Warn): unknown => filters[filter](value, warn);

const filters: Readonly<Record<FilterName, (value: unknown, warn: Warn) => unknown>> = {
  trim: (value) => textOf(value).trim(),
  lower: (value) => textOf(value).toLowerCase(),
  upper: (value) => textOf(value).toUpperCase(),
  lines: (value) => listOf(value, '\n'),
  csv: (value) => listOf(value, ','),
  json: (value, warn) => {
    try {
      return JSON.parse(textOf(value));
    } catch {
      warn('is not JSON: the filter json makes it null');
      return null;
    }
  },
  length: (value) => (typeof value === 'object' && value !== null ? Object.keys(value).length : textOf(value).length),
  first: (value) => (Array.isArray(value) ? value[0] : value),
  last: (value) => (Array.isArray(value) ? value.at(-1) : value),
};

/** A list stays as it is. Of a text, the parts without blanks around them; empty ones are left out. */
const listOf = (value: unknown, separator: string): unknown =>
  Array.isArray(value)
    ? value
    : textOf(value)
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== '');
