/** Whether the pattern is found anywhere in the text; undefined where finding out would take too long. */
export type RegexTest = (text: string) => boolean | undefined;
export function compileRegex(pattern: string): RegexTest | undefined {
  try {
    const regex = new RegExp(pattern);
    return (text) => regex.test(text);
  } catch {
    return undefined;
  }
}
