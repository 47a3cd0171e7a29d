import { ApiClient, type Answer } from '../support/api-client.js';

/** Calls one of several processes after the other, as behind a load balancer. */
export class EitherClient extends ApiClient {
  #turn = 0;

  constructor(private readonly clients: readonly ApiClient[]) {
    super(clients[0]!.baseUrl, clients[0]!.headers);
  }

  override raw(method: string, path: string, body?: string): Promise<Answer> {
    this.#turn += 1;
    return this.clients[this.#turn % this.clients.length]!.raw(method, path, body);
  }
}
