import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';

class SortSchema {
  @ApiProperty()
  empty!: boolean;

  @ApiProperty()
  sorted!: boolean;

  @ApiProperty()
  unsorted!: boolean;
}

class PageableSchema {
  @ApiProperty()
  sort!: SortSchema;

  @ApiProperty({ example: 0 })
  offset!: number;

  @ApiProperty({ example: 0, description: 'From 0.' })
  pageNumber!: number;

  @ApiProperty({ example: 10 })
  pageSize!: number;

  @ApiProperty()
  paged!: boolean;

  @ApiProperty()
  unpaged!: boolean;
}

/** What every page has besides its content, for the OpenAPI document. */
class PageSchema {
  @ApiProperty()
  pageable!: PageableSchema;

  @ApiProperty({ example: 23, description: 'Rows on all pages.' })
  totalElements!: number;

  @ApiProperty({ example: 3 })
  totalPages!: number;

  @ApiProperty()
  last!: boolean;

  @ApiProperty()
  first!: boolean;

  @ApiProperty({ example: 10 })
  size!: number;

  @ApiProperty({ example: 0, description: 'Of this page, from 0.' })
  number!: number;

  @ApiProperty({ example: 10 })
  numberOfElements!: number;

  @ApiProperty()
  sort!: SortSchema;

  @ApiProperty()
  empty!: boolean;
}

/** Documents a route that answers a `Page` of these items. */
export function ApiPage(item: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(PageSchema, item),
    ApiOkResponse({
      schema: {
        allOf: [
          { $ref: getSchemaPath(PageSchema) },
          {
            type: 'object',
            required: ['content'],
            properties: { content: { type: 'array', items: { $ref: getSchemaPath(item) } } },
          },
        ],
      },
    }),
  );
}
