import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** Rows per page at the most; upstream knows no limit, its UI asks for 10. */
const MAX_PAGE_SIZE = 1000;

const MAX_PAGE_INDEX = 1_000_000;

/** `pageIndex` (from 0) and `pageSize` of a list. */
export class PageQuery {
  @ApiProperty({ required: false, default: 0, minimum: 0, maximum: MAX_PAGE_INDEX, description: 'From 0.' })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_PAGE_INDEX)
  @Min(0)
  @IsInt()
  pageIndex: number = 0;

  @ApiProperty({ required: false, default: 10, minimum: 1, maximum: MAX_PAGE_SIZE })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_PAGE_SIZE)
  @Min(1)
  @IsInt()
  pageSize: number = 10;
}

interface Sort {
  readonly empty: boolean;
  readonly sorted: boolean;
  readonly unsorted: boolean;
}

/** One page of a list, in the shape FeatureProbe's clients read. */
export interface Page<T> {
  readonly content: T[];
  readonly pageable: {
    readonly sort: Sort;
    readonly offset: number;
    readonly pageNumber: number;
    readonly pageSize: number;
    readonly paged: boolean;
    readonly unpaged: boolean;
  };
  readonly totalElements: number;
  readonly totalPages: number;
  readonly last: boolean;
  readonly first: boolean;
  readonly size: number;
  readonly number: number;
  readonly numberOfElements: number;
  readonly sort: Sort;
  readonly empty: boolean;
}

const SORTED: Sort = { empty: false, sorted: true, unsorted: false };

/** Wraps the rows of one page; `total` counts the rows of all pages. */
export function pageOf<T>(content: T[], total: number, query: PageQuery): Page<T> {
  const { pageIndex, pageSize } = query;
  const totalPages = Math.ceil(total / pageSize);
  return {
    content,
    pageable: {
      sort: SORTED,
      offset: pageIndex * pageSize,
      pageNumber: pageIndex,
      pageSize,
      paged: true,
      unpaged: false,
    },
    totalElements: total,
    totalPages,
    last: pageIndex >= totalPages - 1,
    first: pageIndex === 0,
    size: pageSize,
    number: pageIndex,
    numberOfElements: content.length,
    sort: SORTED,
    empty: content.length === 0,
  };
}
