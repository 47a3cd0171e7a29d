import type { Endpoint } from './endpoint-directory.js';
import type { Message } from './message.js';

/** The message as it goes to the endpoint at an instant, epoch milliseconds: the very same where its owner changes nothing. */
export function messageAt(endpoint: Endpoint, message: Message, at: number): Message {
  if (!endpoint.messageAt) return message;
  const sent = endpoint.messageAt(message, at);
  // Whoever copies a message to give it another body copies the old one's bytes.
  if (sent.body !== message.body && sent.bytes === message.bytes) sent.bytes = undefined;
  return sent;
}
