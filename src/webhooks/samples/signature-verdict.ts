import type { TestResult } from '../../delivery/index.js';

export const SIGNATURE_VERDICTS = ['REFUSED', 'ACCEPTED', 'UNKNOWN'] as const;
export type SignatureVerdict = (typeof SIGNATURE_VERDICTS)[number];

/** Whether a receiver refused a wrong signature, and a sentence on it. */
export interface SignatureCheck {
  readonly signatureCheck: SignatureVerdict;
  readonly signatureCheckMessage: string;
}

/** Statuses that say something else of a request than that it was refused: not here, too slow, too many, not now. */
const TELLING_NOTHING = new Set([404, 408, 429, 502, 503, 504]);

/**
 * Judges by the answer to a wrongly signed request, and by that to a rightly signed one where there was one: a receiver that
 * refuses everything has not shown that it checks signatures.
 */
export function judgeSignatureCheck(wrong: TestResult, right?: TestResult): SignatureCheck {
  const { statusCode } = wrong;
  if (statusCode === undefined)
    return unknown(`There was no answer: ${wrong.error ?? 'the request failed'}.`);
  if (isSuccess(statusCode)) {
    return {
      signatureCheck: 'ACCEPTED',
      signatureCheckMessage: `The receiver took a wrong signature with status ${statusCode}: it does not check signatures.`,
    };
  }
  if (right && !isSuccess(right.statusCode)) {
    return unknown(
      `The receiver answered ${right.statusCode ?? 'nothing'} to a right signature, so that its ${statusCode} to a wrong one tells nothing.`,
    );
  }
  if (!isRefusal(statusCode, right !== undefined)) {
    return unknown(`The receiver answered ${statusCode}, which does not say what it makes of the signature.`);
  }
  return {
    signatureCheck: 'REFUSED',
    signatureCheckMessage: `The receiver refused the wrong signature with status ${statusCode}.`,
  };
}

/** Alone only a 4xx is a refusal; beside a right one that was taken, every answer that differs in its meaning. */
function isRefusal(statusCode: number, rightWasTaken: boolean): boolean {
  const refusing = rightWasTaken ? statusCode >= 300 : statusCode >= 400 && statusCode < 500;
  return refusing && !TELLING_NOTHING.has(statusCode);
}

function isSuccess(statusCode: number | undefined): boolean {
  return statusCode !== undefined && statusCode >= 200 && statusCode < 300;
}

function unknown(signatureCheckMessage: string): SignatureCheck {
  return { signatureCheck: 'UNKNOWN', signatureCheckMessage };
}
