import * as z from 'zod';
import type { ToolResponses } from '../../services/state/response-log.ts';

/** A rough estimate for JSON and English. */
const bytesAToken = 4;

/** The size of the answers of this server. */
export const responseMetrics = () =>
  z
    .object({
      steps: z
        .array(
          z.object({
            tool_name: z.string(),
            response_bytes: z.number().int().describe('Of the texts of its answers, in UTF-8.'),
            estimated_response_tokens: z.number().int().describe('A quarter of the bytes.'),
            invocation_count: z.number().int().describe('Number of its answers.'),
          }),
        )
        .describe('In the order of the first answers.'),
      total: z.object({
        total_response_bytes: z.number().int(),
        total_estimated_response_tokens: z.number().int(),
        total_invocations: z.number().int(),
      }),
    })
    .describe('How much the tools of this server have answered since it started.');

export function responseMetricsOf(responses: readonly ToolResponses[]) {
  const totalBytes = responses.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
  return {
    steps: responses.map(({ toolName, responseBytes, invocations }) => ({
      tool_name: toolName,
      response_bytes: responseBytes,
      estimated_response_tokens: tokensOf(responseBytes),
      invocation_count: invocations,
    })),
    total: {
      total_response_bytes: totalBytes,
      total_estimated_response_tokens: tokensOf(totalBytes),
      total_invocations: responses.reduce((sum, { invocations }) => sum + invocations, 0),
    },
  };
}

const tokensOf = (bytes: number): number => Math.floor(bytes / bytesAToken);
