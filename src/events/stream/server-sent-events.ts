/** The media type of server-sent events (WHATWG HTML, section 9.2). */
export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** A comment, which clients pass over: it keeps proxies from taking a quiet stream for a dead one. */
export const HEARTBEAT = ': still here\n\n';

/** How long a client waits before it connects again, milliseconds. */
export function retryBlock(milliseconds: number): string {
  return `retry: ${milliseconds}\n\n`;
}

/** One message. `data` is JSON, which has no line breaks and so is one line. */
export function messageBlock(id: string, data: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
