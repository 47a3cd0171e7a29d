import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { pageOf, PageQuery } from './page.js';

const query = (pageIndex: number, pageSize: number): PageQuery =>
  Object.assign(new PageQuery(), { pageIndex, pageSize });

const SORT = { empty: false, sorted: true, unsorted: false };

describe('pageOf', () => {
  it('has the shape that FeatureProbe clients read', () => {
    expect(pageOf(['a', 'b'], 23, query(0, 10))).toEqual({
      content: ['a', 'b'],
      pageable: { sort: SORT, offset: 0, pageNumber: 0, pageSize: 10, paged: true, unpaged: false },
      totalElements: 23,
      totalPages: 3,
      last: false,
      first: true,
      size: 10,
      number: 0,
      numberOfElements: 2,
      sort: SORT,
      empty: false,
    });
  });

  it.each([
    { total: 0, index: 0, pages: 0, first: true, last: true },
    { total: 10, index: 0, pages: 1, first: true, last: true },
    { total: 11, index: 0, pages: 2, first: true, last: false },
    { total: 11, index: 1, pages: 2, first: false, last: true },
    { total: 11, index: 9, pages: 2, first: false, last: true },
  ])('knows where it is: page $index of $total rows', ({ total, index, pages, first, last }) => {
    const page = pageOf([], total, query(index, 10));
    expect(page).toMatchObject({ totalPages: pages, first, last, number: index, empty: true });
    expect(page.pageable.offset).toBe(index * 10);
  });
});

describe('PageQuery', () => {
  const check = (plain: object): { query: PageQuery; wrong: string[] } => {
    const read = plainToInstance(PageQuery, plain, { exposeDefaultValues: true });
    return { query: read, wrong: validateSync(read).map(({ property }) => property) };
  };

  it('begins with the first ten', () => {
    expect(check({}).query).toEqual({ pageIndex: 0, pageSize: 10 });
    expect(check({ pageIndex: '2', pageSize: '50' })).toEqual({
      query: { pageIndex: 2, pageSize: 50 },
      wrong: [],
    });
  });

  it.each(['-1', '1.5', 'x', '1e9', ['1', '2'], { a: '1' }])('refuses %j', (value) => {
    expect(check({ pageIndex: value, pageSize: value }).wrong).toEqual(['pageIndex', 'pageSize']);
  });

  it.each(['0', '1001'])('refuses pages of %s rows', (pageSize) => {
    expect(check({ pageSize }).wrong).toEqual(['pageSize']);
  });
});
