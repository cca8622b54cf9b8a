// A refusal of the server, whatever dialect said it, as one error with its fields and its request id.

export type FieldErrors = Readonly<Record<string, string>>;

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldErrors = {},
    readonly requestId: string | undefined = undefined,
    readonly retryAfterSeconds: number | undefined = undefined,
  ) {
    super(message);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(firstText).find((text) => text !== undefined);
  return undefined;
}

function fieldsOf(record: unknown): FieldErrors {
  if (!isRecord(record)) return {};
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    const text = firstText(value);
    if (text !== undefined) fields[name] = text;
  }
  return fields;
}

/** Reads the registry's envelope {error:{code,message,details:{fields}}} and Waldur's {detail} and {field:[…]}. */
export function failureOf(status: number, body: unknown, requestId: string | undefined, retryAfter: string | null): ApiFailure {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  const wait = Number.isFinite(seconds) ? seconds : undefined;
  if (isRecord(body) && isRecord(body['error'])) {
    const error = body['error'];
    const details = isRecord(error['details']) ? error['details'] : {};
    return new ApiFailure(status, firstText(error['code']) ?? 'unknown', firstText(error['message']) ?? '', fieldsOf(details['fields']), firstText(error['request_id']) ?? requestId, wait);
  }
  if (isRecord(body) && typeof body['detail'] === 'string') return new ApiFailure(status, `http_${status}`, body['detail'], {}, requestId, wait);
  const fields = fieldsOf(body);
  return new ApiFailure(status, `http_${status}`, Object.values(fields)[0] ?? '', fields, requestId, wait);
}

export function offlineFailure(): ApiFailure {
  return new ApiFailure(0, 'offline', '');
}
