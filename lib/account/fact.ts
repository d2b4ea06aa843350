/** From a failed call to the reason why there is no fact: what was refused, whether it lasts, and who can help. */
import type { Fact, Unread } from "../rule.ts";
import { answeredError } from "./answers.ts";

/** Thrown by listings that break off; `judge` turns it into the run's last outcome. */
export class UnreadError extends Error {
  override readonly name = "UnreadError";
  readonly unread: Unread;

  constructor(unread: Unread) {
    super(`${unread.call ?? "reading"} ${unread.message}`);
    this.unread = unread;
  }
}

/** What `attempt` gives, or why it gave nothing.
 * @param call the IAM action, for example `kms:DescribeKey`
 * @param subject what was asked about, for example `key ...9c02` */
export async function read<T>(call: string, subject: string, attempt: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await attempt() };
  } catch (error) {
    return { unread: unreadFrom(error, call, subject) };
  }
}

/** A malformed answer: the call succeeded, but a part that AWS documents as always present is not there. */
export function malformed(call: string, subject: string, missing: string): Unread {
  return { call, message: `on ${subject} answered without ${missing}`, lasting: true };
}

const passingNames = new Set([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "BandwidthLimitExceeded",
  "SlowDown",
  "PriorRequestNotComplete",
  "TransactionInProgressException",
  "ProvisionedThroughputExceededException",
  "LimitExceededException",
]);
const deniedNames = new Set(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"]);
/** What IAM says of a credential report that it has not, not yet, or no longer. */
const notReadyNames = new Set([
  "CredentialReportNotPresentException",
  "CredentialReportNotReadyException",
  "CredentialReportExpiredException",
]);
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** What became of a call that gave nothing. `unreachable`: no answer at all; `failed`: an answer that is none of these. */
export type FailureKind = "denied" | "throttled" | "unreachable" | "failed";

/** Of an error of the SDK, told by its name, its HTTP status and the system's code. */
export function failureKind(error: unknown): FailureKind {
  const { name, status, code } = answeredError(error);
  if (deniedNames.has(name)) return "denied";
  if (passingNames.has(name) || status === 429) return "throttled";
  if (name === "TimeoutError" || name === "DeadlineExceeded") return "unreachable";
  return code !== null && networkCodes.has(code) ? "unreachable" : "failed";
}

/** The reason behind an error of the SDK, told by its name (`instanceof` fails across bundles). */
export function unreadFrom(error: unknown, call: string, subject: string): Unread {
  const { name, message, status, code } = answeredError(error);
  const because = (words: string, lasting: boolean): Unread => ({ call, message: `on ${subject} ${words}`, lasting });

  if (deniedNames.has(name)) return because(`was denied. ${whoCanAllow(call, message)}`, true);
  if (passingNames.has(name) || status === 429) return because("was throttled past the retries", false);
  if (notReadyNames.has(name)) return because("was not ready", false);
  if (name === "DeadlineExceeded") return because(`was not asked: ${message}`, false);
  if (name === "NotRecorded") return because("is not in the recording", true);
  if (name === "TimeoutError") return because("gave no answer in time", false);
  if (code !== null && networkCodes.has(code)) return because(`could not be reached (${code})`, false);
  if (status !== null && status >= 500) return because(`failed on AWS's side (${status} ${name})`, false);
  if (name === "SyntaxError" || message.includes("parse error"))
    return because("gave an answer that could not be read", true);
  return because(`failed: ${name}: ${message}`, true);
}

/** Whether asking again later may succeed without anybody changing anything. */
export function isPassing(error: unknown): boolean {
  return !unreadFrom(error, "", "").lasting;
}

function whoCanAllow(call: string, message: string): string {
  // AWS's message names the caller: "User: arn:aws:sts::1234:assumed-role/ROLE/SESSION is not authorized to perform".
  const role = /assumed-role\/([\w+=,.@-]+)\//.exec(message)?.[1];
  const user = /:user\/([\w+=,.@/-]+) is not/.exec(message)?.[1];
  const who = role !== undefined ? `role/${role}` : user !== undefined ? `user/${user}` : "the scanner";
  if (message.includes("service control policy")) return "A service control policy forbids it";
  if (call.startsWith("dynamodb:") && message.includes("explicit deny in a resource-based policy")) {
    return "The table's policy shuts the scanner out. If it lets in an endpoint only, run the function in that VPC (its SubnetIds and SecurityGroupIds)";
  }
  if (message.includes("explicit deny")) return `An explicit Deny stops ${who}`;
  // DynamoDB uses a table's key in the caller's name, and then names KMS's action.
  const refused = /perform: (kms:\w+) on/.exec(message)?.[1] ?? call;
  return `Allow ${refused === call ? "it" : refused} to ${who}${refused.startsWith("kms:") ? " in the key's policy" : ""}`;
}
