import type { Writable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import type { EventStreamQuery } from '../event.dto.js';
import { EventRepository } from '../event.repository.js';
import { EventService } from '../event.service.js';
import { EventStream, type StreamOrder } from './event-stream.js';
import { EventTail } from './event-tail.js';

/** Who listens, to what, from where. */
export interface StreamRequest extends Pick<StreamOrder, 'organizationId' | 'checkAccess'> {
  /** What the stream will be written to; its end is the stream's. */
  readonly response: Writable;
  readonly query: EventStreamQuery;
  /** The header that clients send when they connect again; before `query.after`, which such a client repeats. */
  readonly lastEventId: string | undefined;
}

/** The live streams of this process. They end when the server stops: they would hold it up for ever. */
@Injectable()
export class EventStreams implements OnModuleInit {
  readonly #open = new Set<EventStream>();
  #isStopping = false;

  constructor(
    private readonly service: EventService,
    private readonly events: EventRepository,
    private readonly tail: EventTail,
    private readonly settings: Settings,
    private readonly log: Log,
    private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  onModuleInit(): void {
    // There is none in a context without HTTP, whatever its type says.
    const adapter = this.host.httpAdapter as FastifyAdapter | undefined;
    adapter?.getInstance().addHook('preClose', (done) => {
      this.#endAll();
      done();
    });
  }

  /**
   * Begins a stream. Whatever is committed after this resolves is in it.
   * @throws DomainError `not_found` for a `Last-Event-ID` or `after` that names no event.
   */
  async open(request: StreamRequest): Promise<EventStream> {
    const { organizationId, checkAccess, lastEventId, response } = request;
    const { after, ...criteria } = request.query;
    const cursor = lastEventId || after;
    const begin = cursor === undefined ? undefined : await this.service.positionOf(organizationId, cursor);
    let stream: EventStream | undefined;
    const { newest, stop } = await this.tail.follow(organizationId, (sequence) => stream?.advance(sequence));
    const order: StreamOrder = {
      organizationId,
      criteria,
      checkAccess,
      position: begin ?? newest,
      heartbeatMs: this.settings.streamHeartbeatMs,
      hangUp: () => response.destroy(),
    };
    stream = new EventStream(order, this.events);
    stream.advance(newest);
    this.#keep(stream, response, stop);
    return stream;
  }

  /** Until the response is closed, which it may be already: clients leave whenever they like. */
  #keep(stream: EventStream, response: Writable, stopFollowing: () => void): void {
    const forget = (): void => {
      stopFollowing();
      stream.closed();
      this.#open.delete(stream);
    };
    stream.body.once('error', (error) => this.log.info({ err: error }, 'event stream broke off'));
    this.#open.add(stream);
    if (response.destroyed) forget();
    else response.once('close', forget);
    if (this.#isStopping) stream.end();
  }

  #endAll(): void {
    this.#isStopping = true;
    for (const stream of this.#open) stream.end();
  }
}
