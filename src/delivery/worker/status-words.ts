import type { Answer } from '../http/exchange.js';

/** Kept of the address in a redirect, in characters. */
const MAX_LOCATION = 300;

/** What a status says, and what helps, for somebody who runs neither HTTP servers nor Flagpost. */
const WORDS: Readonly<Record<number, string>> = {
  304: 'Not Modified, which no delivery can be answered with',
  400: 'Bad Request: the receiver could not read the delivery, its log may say why',
  401: 'Unauthorized: the receiver wants credentials, check the secret and the extra headers',
  403: 'Forbidden: the receiver or a firewall in front of it lets nothing through, check its rules and the secret',
  404: 'Not Found: the receiver has nothing at this address, check the path of the URL',
  405: 'Method Not Allowed: the address takes no POST, check the path of the URL',
  407: 'Proxy Authentication Required: a proxy on the way wants credentials',
  408: 'Request Timeout: the receiver waited too long for the request',
  411: 'Length Required: something on the way took the length of the request away',
  413: 'Content Too Large: the body is over a limit of the receiver or of a proxy in front of it, raise that',
  415: 'Unsupported Media Type: the receiver wants another format, check the format',
  421: 'Misdirected Request: the receiver does not serve this host name',
  422: 'Unprocessable Content: the receiver understood the delivery and refuses it, its log may say why',
  426: 'Upgrade Required: the receiver wants another protocol, perhaps https',
  429: 'Too Many Requests: the receiver wants fewer, lower the limits',
  431: 'Request Header Fields Too Large: the extra headers may be too long',
  500: 'Internal Server Error: the receiver failed, its log may say why',
  501: 'Not Implemented: the receiver takes no such request',
  502: 'Bad Gateway: a proxy in front of the receiver got no valid answer from it, it may be down',
  503: 'Service Unavailable: the receiver takes no requests for now',
  504: 'Gateway Timeout: a proxy in front of the receiver got no answer from it in time',
};

/** Why an answer that is no 2xx is none that counts: one sentence, the same for the same answer, without the query of an address. */
export function statusWords(answer: Pick<Answer, 'statusCode' | 'headers'>): string {
  const html = htmlWords(answer.headers);
  return html === undefined ? plainWords(answer) : `${plainWords(answer)}; ${html}`;
}

/** What to make of a web page where a program should answer, whatever its status; undefined for any other answer. */
export function htmlWords(headers: Readonly<Record<string, string>>): string | undefined {
  const type = headers['content-type']?.trim().toLowerCase() ?? '';
  if (!/^(text\/html|application\/xhtml\+xml)\b/.test(type)) return undefined;
  return 'the answer is an HTML page: a proxy, a login page or a website answers there, no receiver';
}

function plainWords({ statusCode, headers }: Pick<Answer, 'statusCode' | 'headers'>): string {
  const answered = `answered ${statusCode}`;
  const location = headers['location'];
  if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
    return `${answered}, a redirect to ${shownAddress(location)}; redirects are not followed, so give the address that answers`;
  }
  const words = WORDS[statusCode];
  if (words !== undefined) return `${answered} ${words}`;
  if (statusCode >= 500) return `${answered}: the receiver or a proxy in front of it failed`;
  if (statusCode >= 400) return `${answered}: the receiver refuses the request`;
  return `${answered}, where only 200 to 299 count as taken`;
}

/** Queries, fragments and credentials carry tokens. */
function shownAddress(location: string): string {
  const address = location.split(/[?#]/)[0] ?? '';
  return address.replace(/^([a-z]+:)?\/\/[^/]*@/i, '$1//').slice(0, MAX_LOCATION);
}
