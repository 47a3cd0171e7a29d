import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from './template-error.js';
import { MAX_BODY_BYTES, renderTemplate } from './template-renderer.js';
import { MAX_TEMPLATE_LENGTH, parseTemplate } from './template-syntax.js';

const render = (template: string, view: object, escape = (text: string): string => text): string =>
  renderTemplate(parseTemplate(template), view, escape);

describe(renderTemplate.name, () => {
  it.each<[string, object, string]>([
    ['Hello {{ name }}!', { name: 'Ann' }, 'Hello Ann!'],
    ['{{a}}{{b}}{{c}}|{{d}}{{e}}', { a: 0, b: false, c: null, d: '' }, '0false|'],
    ['{{o}} {{l}}', { o: { b: 1, a: [] }, l: [1, 'x'] }, '{"a":[],"b":1} [1,"x"]'],
    ['{{#l}}<{{.}}>{{/l}}{{^l}}none{{/l}}', { l: ['a', 'b'] }, '<a><b>'],
    ['{{#l}}<{{.}}>{{/l}}{{^l}}none{{/l}}', { l: [] }, 'none'],
    ['{{#o}}{{a}}{{b}}{{/o}}', { o: { a: 1 }, b: 2 }, '12'],
    ['{{o.a.b}}{{o.x.y}}', { o: { a: { b: 'deep' } } }, 'deep'],
    ['{{#o}}{{a.b}}{{/o}}', { o: { a: {} }, a: { b: 'outer' } }, ''],
    ['{{#t}}yes{{/t}}{{#f}}no{{/f}}{{^f}}not{{/f}}', { t: true, f: false }, 'yesnot'],
    ['{{#k}}"{{k}}"{{/k}}', { k: 'text' }, '"text"'],
    ['a{{! remark }}b', {}, 'ab'],
    ['{{=<% %>=}}<% a %>{{a}}', { a: 1 }, '1{{a}}'],
    ['begin\n  {{#l}}\n- {{.}}\n  {{/l}}\nend', { l: [1, 2] }, 'begin\n- 1\n- 2\nend'],
    ['{"a":{"b":{{n}}}}', { n: 5 }, '{"a":{"b":5}}'],
    ['{{#l}}{{a}}{{^last}},{{/last}}{{/l}}', { l: [{ a: 1 }, { a: 2, last: true }] }, '1,2'],
  ])('renders %j', (template, view, expected) => {
    expect(render(template, view)).toBe(expected);
  });

  it('escapes values and nothing else, raw tags least of all', () => {
    const shout = (text: string): string => text.toUpperCase();
    expect(render('a {{a}} {{{a}}} {{&a}}', { a: 'b' }, shout)).toBe('a B b b');
  });

  it('writes values as filters say', () => {
    const view = { a: { n: 1, t: '<x>&"' }, none: null };
    expect(render('{{json.a}} {{json.a.t}} {{json.none}} {{json.missing}}', view)).toBe(
      '{"n":1,"t":"<x>&\\""} "<x>&\\"" null null',
    );
    expect(render('{{#a}}{{json}}{{/a}}', view)).toBe('{"n":1,"t":"<x>&\\""}');
    expect(render('{{slack.a.t}} {{untagged.a.t}}', view)).toBe('&lt;x&gt;&amp;" <\u200bx>&"');
  });

  it.each(['constructor', 'data.constructor.name', 'data.toString', '__proto__', 'list.map', 'text.length'])(
    'sees nothing in %s, which every object inherits',
    (name) => {
      const view = { data: {}, list: [1], text: 'abc' };
      expect(render(`[{{${name}}}{{#${name}}}in{{/${name}}}]`, view)).toBe('[]');
    },
  );

  it('sees own members of whatever name', () => {
    const view = JSON.parse('{"data":{"__proto__":{"a":1},"constructor":"c"}}') as object;
    expect(render('{{data.__proto__.a}}{{data.constructor}}', view)).toBe('1c');
  });

  it('calls nothing', () => {
    let calls = 0;
    const trap = (): string => {
      calls += 1;
      return 'called';
    };
    render('{{f}}{{#f}}x{{/f}}{{#o}}{{f}}{{/o}}{{json.f}}', { f: trap, o: { f: trap, toString: trap } });
    expect(calls).toBe(0);
  });

  it.each([
    ['in one value', '{{big}}', { big: 'x'.repeat(MAX_BODY_BYTES + 1) }],
    ['bit by bit', '{{#list}}{{text}}{{/list}}', { list: Array(2000).fill(1), text: 'x'.repeat(200) }],
    ['in bytes', '{{big}}', { big: '日'.repeat(MAX_BODY_BYTES / 2) }],
    [
      'unseen',
      '{{#list}}{{#json.text}}{{/json.text}}{{/list}}',
      { list: Array(2000).fill(1), text: 'x'.repeat(200) },
    ],
  ])('stops what comes to too much %s', (_how, template, view) => {
    expect(() => render(template, view)).toThrow(/template gives a body of more than 262144 bytes/);
  });

  it('stops what takes too long', () => {
    const nested = '{{#list}}'.repeat(10) + '{{/list}}'.repeat(10);
    expect(() => render(nested, { list: Array(100).fill(1) })).toThrow(
      /template takes more than 20000 steps/,
    );
  });
});

describe(parseTemplate.name, () => {
  it.each([
    ['one\ntwo {{a', 'template line 2: Unclosed tag'],
    ['{{#a}}\n{{/b}}', 'template line 2: Unclosed section "a"'],
    ['{{#a}}\n\n', 'template line 3: Unclosed section "a"'],
    ['x\n\n{{/a}}', 'template line 3: Unopened section "a"'],
    ['x\n{{> header}}', 'template line 2: partials are not supported'],
    ['x\n{{ two words }}', 'template line 2: "two words" is no name'],
    ['{{a..b}}', 'template line 1: "a..b" is no name'],
    ['{{}}', 'template line 1: "" is no name'],
    ['{{=x=}}', 'template line 1: Invalid tags: x'],
    [`{{${'a'.repeat(201)}}}`, 'is no name'],
    ['{{#a}}'.repeat(17) + '{{/a}}'.repeat(17), 'sections nest deeper than 16 levels'],
    [`a\n${' '.repeat(201)}`, 'template line 1: has more than 200 blanks in a row'],
    ['x'.repeat(MAX_TEMPLATE_LENGTH + 1), 'template must have at most 65536 characters'],
  ])('refuses %j', (template, message) => {
    expect(() => parseTemplate(template)).toThrow(message);
    expect(() => parseTemplate(template)).toThrow(TemplateError);
  });

  it.each([
    ['x\n{{>a}}', 'template 第 2 行：不支持引用其他模板'],
    ['{{a', 'template 第 1 行：标签未闭合'],
    ['{{#a}}', 'template 第 1 行：区块未闭合： "a"'],
    ['{{/a}}', 'template 第 1 行：区块未打开： "a"'],
    ['{{=x=}}', 'template 第 1 行：分隔符不合法: x'],
  ])('says in Chinese what is wrong with %j', (template, message) => {
    const problem = (): unknown => {
      try {
        return parseTemplate(template);
      } catch (error) {
        return error;
      }
    };
    expect((problem() as TemplateError).localized('zh')).toBe(message);
  });
});

describe('whatever the template', () => {
  const SECRET = 'inherited-4711';
  const inherited = Object.assign(Object.create({ secret: SECRET, [SECRET]: SECRET }) as object, {
    text: 'own',
    list: [1, [2, { text: 'x' }]],
    object: { text: 'y' },
  });
  const name = fc.constantFrom(
    'text',
    'list',
    'object',
    'secret',
    'object.text',
    '.',
    'json',
    'json.list',
    '__proto__',
  );
  const piece = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.constantFrom('{{', '}}', '{{{', '}}}', '=', '{{=', '=}}', '\n', '   ', '{{!', '{{>', '{{^'),
    name.map((text) => `{{${text}}}`),
    name.map((text) => `{{#${text}}}`),
    name.map((text) => `{{/${text}}}`),
    fc
      .tuple(name, fc.string({ maxLength: 5 }))
      .map(([text, inner]) => `{{#${text}}}${inner}{{{${text}}}}{{/${text}}}`),
  );

  it('gives a body or a TemplateError, and nothing that is inherited', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          const body = render(pieces.join(''), inherited);
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
          if (!pieces.some((text) => text.includes(SECRET))) expect(body).not.toContain(SECRET);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
