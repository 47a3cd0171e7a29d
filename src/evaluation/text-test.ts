/** Whether a condition holds, given the text of the attribute that it is about. Never throws. */
export type TextTest = (text: string) => boolean;

/** The test of a condition that makes no sense: it holds for nobody, whether its predicate is negated or not. */
export const NEVER: TextTest = () => false;
