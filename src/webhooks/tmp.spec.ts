import { it } from 'vitest';
import { getMetadataStorage, validate } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import { CreateWebhookRequest } from './webhook-input.dto.js';
it('x', async () => {
  const o = plainToInstance(CreateWebhookRequest, { name: 'x'.repeat(70), url: 'u', status: 'ON' });
  const e = await validate(o, { stopAtFirstError: true });
  console.log(e.map((x) => [x.property, x.constraints]));
  console.log(getMetadataStorage().getTargetValidationMetadatas(CreateWebhookRequest, '', true, false).slice(0, 6));
});
