import { encodeJson } from './encode-json.ts';

/** The bytes in UTF-8 that a value has as JSON: a quotation mark has two, a control character up to six. */
export const jsonSizeBytes = (value: unknown): number => Buffer.byteLength(encodeJson(value));
