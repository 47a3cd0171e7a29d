import type { OpenAPIObject } from '@nestjs/swagger';

/** Parts of an OpenAPI document, as the library types the whole. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
export type Components = NonNullable<OpenAPIObject['components']>;
