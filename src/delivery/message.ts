/** What is to be delivered: serialized once, its bytes the same at every try and for every endpoint that takes this form. */
export interface Message {
  /** UUIDv7. */
  readonly id: string;
  readonly organizationId: number;
  /** The event's id: receivers drop repeats by it. */
  readonly eventId: string;
  /** `RESOURCE.ACTION`. */
  readonly eventName: string;
  readonly contentType: string;
  readonly body: string;
  /** How much of its endpoint's rate it uses; 1 for most. */
  readonly cost?: number;
  /** W3C trace context of the API call behind the event. */
  readonly traceparent: string | null;
  /** The body as it goes over the wire, once {@link bytesOf} was asked for it. */
  bytes?: Buffer;
}

/** A message's body as it is signed and sent: made once, however many tries and endpoints the object serves. */
export function bytesOf(message: Message): Buffer {
  return (message.bytes ??= Buffer.from(message.body));
}
