import { expect, it } from "vitest";
import { type FailureKind, failureKind } from "../../../lib/account/fact.ts";
import { awsError, denied, networkError } from "../../fakes/account.ts";

it.each<[string, unknown, FailureKind]>([
  ["a refusal", denied("kms:DescribeKey", "key", "because no policy allows it"), "denied"],
  ["EC2's refusal", awsError("UnauthorizedOperation", "", 403), "denied"],
  ["throttling", awsError("ThrottlingException"), "throttled"],
  ["EC2's throttling", awsError("RequestLimitExceeded", "", 503), "throttled"],
  ["a status of throttling", awsError("Odd", "", 429), "throttled"],
  ["no connection", networkError("ECONNREFUSED"), "unreachable"],
  ["no such host", networkError("ENOTFOUND"), "unreachable"],
  ["silence", Object.assign(new Error("late"), { name: "TimeoutError" }), "unreachable"],
  ["a run whose time is up", Object.assign(new Error("late"), { name: "DeadlineExceeded" }), "unreachable"],
  ["a failure on AWS's side", awsError("InternalFailure", "", 500), "failed"],
  ["an unknown operation", awsError("UnknownOperationException"), "failed"],
  ["what is no error", "odd", "failed"],
])("%s is told apart", (_, error, kind) => {
  expect(failureKind(error)).toBe(kind);
});
