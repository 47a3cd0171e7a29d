import { describe, expect, it } from 'vitest';
import { alreadyExists, DomainError, invalidField, notFound } from './domain-error.js';
import { ERRORS, RESOURCE_NAMES, type ErrorDefinition, type ErrorKey } from './error-catalogue.js';

const entries = Object.entries(ERRORS) as [ErrorKey, ErrorDefinition][];

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('the error catalogue', () => {
  it.each(entries)('%s has a status, a code and a text in both languages', (_key, definition) => {
    expect([400, 401, 403, 404, 408, 412, 413, 414, 429, 431, 500, 503, 507]).toContain(definition.status);
    expect(definition.code).toMatch(/^[a-z_]+$/);
    expect(definition.en).not.toBe('');
    expect(definition.zh).not.toBe('');
    expect(placeholders(definition.zh)).toEqual(placeholders(definition.en));
  });

  it.each(entries)('%s has its parameters filled in', (key, definition) => {
    const params = Object.fromEntries(placeholders(definition.en).map((name) => [name, `<${name}>`]));
    const error = new DomainError(key, params);
    for (const text of [error.message, error.localized('en'), error.localized('zh')]) {
      expect(text).not.toMatch(/[{}]/);
      for (const value of Object.values(params)) expect(text).toContain(value);
    }
    expect(error.definition).toBe(definition);
  });

  it('names every resource in both languages', () => {
    for (const { en, zh } of Object.values(RESOURCE_NAMES)) expect([en, zh]).not.toContain('');
  });
});

describe('DomainError', () => {
  it('says what was not found, by the key the caller gave', () => {
    const error = notFound('project', 'a{key}$&');
    expect(error.message).toBe('Project a{key}$& not found');
    expect(error.localized('zh')).toBe('项目 a{key}$& 不存在');
    expect(notFound('webhook', 7).message).toBe('WebHook 7 not found');
  });

  it('fills pieces that have a text in each language', () => {
    const error = invalidField('name', { en: 'is required', zh: '不能为空' });
    expect([error.localized('en'), error.localized('zh')]).toEqual(['name is required', 'name 不能为空']);
  });

  it('keeps its cause, and leaves a placeholder nobody fills as it is', () => {
    const cause = new Error('why');
    expect(new DomainError('internal', {}, { cause }).cause).toBe(cause);
    expect(new DomainError('internal').message).toBe('Internal error {id}');
    expect(alreadyExists()).toBeInstanceOf(Error);
  });
});
