import { ApiResponse } from '@nestjs/swagger';

/** Documents an error that not every operation may answer, see `describeErrors` for those that may. */
export const ApiError = (status: number, description: string): MethodDecorator & ClassDecorator =>
  ApiResponse({
    status,
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  });
