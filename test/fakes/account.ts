/** A session on nobody's account, and AWS's errors as the SDK throws them. */
import { openSession, type Session, type SessionOptions } from "../../lib/account/session.ts";

export const accountId = "123456789012";
export const region = "us-east-1";

export function sessionOf(options: Partial<SessionOptions> = {}): Session {
  return openSession({ accountId, region, now: new Date("2026-01-01T00:00:00.000Z"), ...options });
}

export function awsError(name: string, message = "", status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** As AWS words a refusal; `why` is what follows the resource. */
export function denied(action: string, resource: string, why: string): Error {
  const caller = `arn:aws:sts::${accountId}:assumed-role/dynamodb-table-encryption/run-1`;
  return awsError(
    "AccessDeniedException",
    `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  );
}

/** A failure below HTTP, as Node's sockets give it. */
export function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code });
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Holds up everything, as long computing does. */
export function blockFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
