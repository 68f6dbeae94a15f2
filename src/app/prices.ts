export { calcPrice, findProvider } from '@pydantic/genai-prices';
export { build } from './build.ts';
