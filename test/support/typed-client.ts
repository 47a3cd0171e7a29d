import createClient, { type Client } from 'openapi-fetch';
import type { ApiClient, Json } from './api-client.js';
import type { components, paths } from './generated/api.js';

/** The API as its OpenAPI document has it: paths, parameters, bodies and answers are typed. */
export type TypedClient = Client<paths>;

/** The named schemas of the document. */
export type Schemas = components['schemas'];

/** Calls with the headers that the other client has at the moment of each call. */
export function typedClient(client: ApiClient): TypedClient {
  const typed = createClient<paths>({ baseUrl: client.baseUrl });
  typed.use({
    onRequest({ request }) {
      for (const [name, value] of Object.entries(client.headers)) request.headers.set(name, value);
      return request;
    },
  });
  return typed;
}

interface TypedAnswer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** Expects success; answers the body. */
export async function ok<Data>(answer: Promise<TypedAnswer<Data>>): Promise<Data> {
  const { data, error, response } = await answer;
  if (response.status !== 200 || data === undefined)
    throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(error)}`);
  return data;
}

/** Expects an error; answers its status with its body. */
export async function refusal(
  answer: Promise<TypedAnswer<unknown>>,
): Promise<Schemas['Error'] & { readonly status: number }> {
  const { error, response } = await answer;
  if (response.ok) throw new Error(`${response.url} answered ${response.status}, no error`);
  return { status: response.status, ...(error as Schemas['Error']) };
}

/** Input that the document forbids, for the sake of the answer. */
export const forbidden = (input: Json): never => input as never;
