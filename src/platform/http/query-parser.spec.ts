import { describe, expect, it } from 'vitest';
import { parseQuery } from './query-parser.js';

describe('parseQuery', () => {
  it.each([
    ['', {}],
    ['a=1&b=x%20y+z', { a: '1', b: 'x y z' }],
    ['tags[0]=a&tags[1]=b', { tags: ['a', 'b'] }],
    ['tags%5B0%5D=a&tags%5B1%5D=b', { tags: ['a', 'b'] }],
    ['tags=a&tags=b', { tags: ['a', 'b'] }],
    ['keyword=&archived=true', { archived: 'true' }],
    ['flag', {}],
    ['a=%zz', { a: '%zz' }],
  ])('reads "%s"', (text, expected) => {
    expect(parseQuery(text)).toEqual(expected);
  });

  it('lets nothing reach a prototype', () => {
    parseQuery('__proto__[polluted]=1&constructor[prototype][polluted]=1');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('bounds what it builds', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `k${i}=1`).join('&');
    expect(Object.keys(parseQuery(many)).length).toBeLessThanOrEqual(500);
    expect(() => parseQuery(`a${'[b]'.repeat(10_000)}=1`)).not.toThrow();
  });
});
