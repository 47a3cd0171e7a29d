export { compileRegex, type RegexTest } from './compile-regex.js';
