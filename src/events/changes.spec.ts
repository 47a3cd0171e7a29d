import { describe, expect, it } from 'vitest';
import { diff } from './changes.js';

describe('diff', () => {
  it('finds nothing where nothing changed', () => {
    expect(diff({ a: [1, { b: 'x' }], c: null }, { a: [1, { b: 'x' }], c: null })).toEqual([]);
  });

  it('goes down to the leaves', () => {
    const before = { name: 'a', content: { rules: [{ name: 'r' }], on: false } };
    const after = { name: 'b', content: { rules: [{ name: 's' }], on: true } };
    expect(diff(before, after)).toEqual([
      { path: '/name', from: 'a', to: 'b' },
      { path: '/content/rules/0/name', from: 'r', to: 's' },
      { path: '/content/on', from: false, to: true },
    ]);
  });

  it('has only one side of what came or went', () => {
    expect(diff({ gone: 1, list: [1, 2] }, { come: { x: 1 }, list: [1] })).toEqual([
      { path: '/gone', from: 1 },
      { path: '/list/1', from: 2 },
      { path: '/come', to: { x: 1 } },
    ]);
    expect(diff({ list: [] }, { list: ['a'] })).toEqual([{ path: '/list/0', to: 'a' }]);
  });

  it('replaces a value of another kind as a whole', () => {
    expect(diff({ serve: { select: 1 } }, { serve: [5000] })).toEqual([
      { path: '/serve', from: { select: 1 }, to: [5000] },
    ]);
    expect(diff({ a: 1 }, { a: '1' })).toEqual([{ path: '/a', from: 1, to: '1' }]);
    expect(diff({ a: {} }, { a: 'x' })).toEqual([{ path: '/a', from: {}, to: 'x' }]);
  });

  it('escapes paths by RFC 6901', () => {
    expect(diff({ 'a/b': { 'm~n': 1, '': 2 } }, { 'a/b': { 'm~n': 2, '': 3 } })).toEqual([
      { path: '/a~1b/m~0n', from: 1, to: 2 },
      { path: '/a~1b/', from: 2, to: 3 },
    ]);
  });

  it('leaves bookkeeping out, but only at the top', () => {
    const before = { modifiedBy: 'a', modifiedTime: 1, publishTime: 1, inner: { modifiedTime: 1 } };
    const after = { modifiedBy: 'b', modifiedTime: 2, publishTime: 2, inner: { modifiedTime: 2 } };
    expect(diff(before, after)).toEqual([{ path: '/inner/modifiedTime', from: 1, to: 2 }]);
  });

  it('compares names that every object inherits', () => {
    expect(diff({}, { constructor: 'x', toString: 'y' })).toEqual([
      { path: '/constructor', to: 'x' },
      { path: '/toString', to: 'y' },
    ]);
    const own = JSON.parse('{"__proto__":{"a":1}}') as object;
    expect(diff(own, {})).toEqual([{ path: '/__proto__', from: { a: 1 } }]);
  });
});
