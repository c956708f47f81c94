// The body of POST /v1/chat/completions.
import { z } from '@hono/zod-openapi';
import { templateNamesSchema } from '../../protocol/job.ts';
import { MAX_TOP_LOGPROBS } from '../../protocol/limits.ts';
import { samplingFields } from './sampling-fields.ts';

/** The body's size bounds it; how long a prompt may be is told by prepare-request.ts, in words that clients know. */
const text = z.string();

/** As the driver will read it. */
const templateKwargs = z.record(z.string(), z.unknown()).superRefine((names, context) => {
  for (const { message } of templateNamesSchema.safeParse(names).error?.issues ?? []) context.addIssue(message);
});

/** Loose: parts and roles that OpenAI knows and we do not are refused by name in read-messages.ts. */
export const messageSchema = z.looseObject({
  role: z.string().max(40).openapi({ description: '`system`, `developer` (the same here), `user` or `assistant`.' }),
  content: z
    .union([text, z.array(z.looseObject({ type: z.string().max(40), text: text.optional() })).max(64)])
    .nullish()
    .openapi({ description: 'A text, or parts of type `text`.' }),
});

export const chatBodySchema = z
  .looseObject({
    ...samplingFields,
    messages: z.array(messageSchema).min(1).max(512),
    max_completion_tokens: z.int().min(1).nullish(),
    logprobs: z.boolean().nullish(),
    chat_template_kwargs: templateKwargs.nullish().openapi({
      description: 'Extension. Names that the model’s chat template may read, such as `enable_thinking`.',
    }),
    reasoning_effort: z.string().max(40).nullish().openapi({
      description:
        'Handed to the model’s chat template under this name; without effect where the template has no use of it.',
    }),
    top_logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  })
  .openapi('ChatCompletionRequest');
export type ChatBody = z.infer<typeof chatBodySchema>;
