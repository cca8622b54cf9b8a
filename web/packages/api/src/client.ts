// The one way to the server: same origin, the session's cookie, and typed failures. When a session has ended in the middle of
// something, the call waits until the person has signed in again and is then sent once more, so that nothing typed is lost.
import createClient from 'openapi-fetch';
import { failureOf, offlineFailure } from './failure';
import type { paths } from './schema';

type Reauthenticate = () => Promise<boolean>;

let reauthenticate: Reauthenticate | null = null;

/** Who is asked when a session has ended; null for a visitor without one. */
export function onSessionEnd(ask: Reauthenticate | null): void {
  reauthenticate = ask;
}

const SIGN_IN_PATHS = ['/api/v1/session', '/api/v1/accounts'];

async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const first = await fetch(request).catch(() => {
    throw offlineFailure();
  });
  const isSignIn = SIGN_IN_PATHS.includes(new URL(request.url).pathname);
  if (first.status !== 401 || isSignIn || reauthenticate === null) return first;
  if (!(await reauthenticate())) return first;
  return fetch(again).catch(() => {
    throw offlineFailure();
  });
}

export const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', fetch: send, credentials: 'same-origin' });

interface Settled {
  response: Response;
  data?: unknown;
  error?: unknown;
}

/** The body as `Shape`, which the contract promises; throws ApiFailure otherwise. */
export async function answer<Shape>(call: Promise<Settled>): Promise<Shape> {
  const { response, data, error } = await call;
  if (!response.ok) throw failureOf(response.status, error, response.headers.get('X-Request-Id') ?? undefined, response.headers.get('Retry-After'));
  return data as Shape;
}

/** The body with the number of rows a Waldur list has in all. */
export async function listAnswer<Row>(call: Promise<Settled>): Promise<{ rows: Row[]; count: number }> {
  const settled = await call;
  const rows = await answer<Row[]>(Promise.resolve(settled));
  const count = Number(settled.response.headers.get('X-Result-Count') ?? rows.length);
  return { rows, count };
}
