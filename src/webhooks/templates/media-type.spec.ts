import { describe, expect, it } from 'vitest';
import { isUtf8MediaType, syntaxOf } from './media-type.js';
import { VALUE_ESCAPES } from './value-escapes.js';

describe(isUtf8MediaType.name, () => {
  it.each([
    'text/plain',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/vnd.x+json ; profile="a b"; charset=utf-8',
  ])('takes %s', (text) => {
    expect(isUtf8MediaType(text)).toBe(true);
  });

  it.each([
    '',
    'json',
    'text/plain\r\nX-Evil: 1',
    'text/plain; charset=latin1',
    'text/plain; charset="iso-8859-1"',
    'text/plain;',
    'text/plain; a="\u0001"',
    'text/plain; ü=1',
    'text plain/x',
  ])('refuses %j', (text) => {
    expect(isUtf8MediaType(text)).toBe(false);
  });
});

describe(syntaxOf.name, () => {
  it.each([
    ['application/json; charset=utf-8', 'JSON'],
    ['application/VND.api+JSON', 'JSON'],
    ['text/json', 'JSON'],
    ['text/html', 'XML'],
    ['application/soap+xml; action=x', 'XML'],
    ['application/x-www-form-urlencoded', 'FORM'],
    ['text/plain', 'PLAIN'],
    ['application/x-json-lines', 'PLAIN'],
  ])('tells how values of %s are written: %s', (type, syntax) => {
    expect(syntaxOf(type)).toBe(syntax);
  });
});

describe('escapes', () => {
  const text = "\"<a href='x'>&\\\n\u0000\ud800🚩";

  it('keep text text in each syntax', () => {
    expect(JSON.parse(`"${VALUE_ESCAPES.JSON(text)}"`)).toBe(text);
    expect(VALUE_ESCAPES.XML(text)).toBe('&quot;&lt;a href=&#39;x&#39;&gt;&amp;\\\n\ufffd\ufffd🚩');
    expect(new URLSearchParams(`a=${VALUE_ESCAPES.FORM(text)}&b=1`).get('a')).toBe(
      text.replace('\ud800', '\ufffd'),
    );
    expect(VALUE_ESCAPES.PLAIN(text)).toBe(text);
  });
});
