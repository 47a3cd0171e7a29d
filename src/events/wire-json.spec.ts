import { describe, expect, it } from 'vitest';
import { toWireJson } from './wire-json.js';

describe('toWireJson', () => {
  it('sorts keys at every depth and puts no blanks', () => {
    const value = { b: 1, a: { d: [{ z: 1, y: 2 }], c: 'x y' }, Z: true };
    expect(toWireJson(value)).toBe('{"Z":true,"a":{"c":"x y","d":[{"y":2,"z":1}]},"b":1}');
  });

  it('leaves nulls and undefined values out of objects, but keeps their place in lists', () => {
    expect(toWireJson({ a: null, b: undefined, c: [null, undefined, 0], d: {} })).toBe(
      '{"c":[null,null,0],"d":{}}',
    );
  });

  it('writes dates as epoch milliseconds', () => {
    expect(toWireJson({ at: new Date(1795313729900), list: [new Date(0)] })).toBe(
      '{"at":1795313729900,"list":[0]}',
    );
  });

  it('writes what JSON has no word for as null', () => {
    expect(toWireJson([Number.NaN, Number.POSITIVE_INFINITY, undefined])).toBe('[null,null,null]');
    expect(toWireJson(undefined)).toBe('null');
    expect(toWireJson({ at: new Date(Number.NaN), f: () => 1 })).toBe('{"at":null,"f":null}');
  });

  it.each([[''], ['"\\'], ['\u0000\u001f'], ['\u2028'], ['🚩'], ['\ud800'], ['中文']])(
    'escapes %j as JSON does',
    (text) => {
      expect(toWireJson({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
    },
  );

  it('writes instances like plain objects, with names that look like numbers in their place', () => {
    class Dto {
      b = 1;
      a = 2;
    }
    expect(toWireJson(new Dto())).toBe('{"a":2,"b":1}');
    expect(toWireJson({ b: 1, 10: 'x', 9: 'y' })).toBe('{"10":"x","9":"y","b":1}');
  });

  it('gives the same text for its own reading', () => {
    const text = toWireJson({ z: [1, { b: 2, a: 'x' }], a: { c: false } });
    expect(toWireJson(JSON.parse(text))).toBe(text);
  });
});
