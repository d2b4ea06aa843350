import { describe, expect, it } from "vitest";
import { isPassing, malformed, read, UnreadError, unreadFrom } from "../../../lib/account/fact.ts";
import { awsError, denied, networkError } from "../../fakes/account.ts";

const call = "kms:DescribeKey";
const subject = "key ...9c02";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/9c02";
const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const why = "because no identity-based policy allows the action";

/** A refusal by KMS, and one by DynamoDB: only a key has a policy of its own that can help. */
const refused = (words: string): [Error, string] => [denied(call, keyArn, words), call];
const refusedTable = (words: string): [Error, string] => [
  denied("dynamodb:DescribeTable", tableArn, words),
  "dynamodb:DescribeTable",
];
const user = (caller: string): Error =>
  awsError(
    "AccessDeniedException",
    `User: ${caller} is not authorized to perform: ${call} on resource: ${keyArn} ${why}`,
  );

describe("why there is no fact", () => {
  const lasting: Record<string, [error: unknown, message: string, call?: string]> = {
    "denied to a role, on a key": [
      refused("because no resource-based policy allows the kms:DescribeKey action")[0],
      "was denied. Allow it to role/dynamodb-table-encryption in the key's policy",
    ],
    "denied to a role, on a table": [
      refusedTable(why)[0],
      "was denied. Allow it to role/dynamodb-table-encryption",
      "dynamodb:DescribeTable",
    ],
    "an explicit deny": [
      refusedTable("with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/no")[0],
      "was denied. An explicit Deny stops role/dynamodb-table-encryption",
      "dynamodb:DescribeTable",
    ],
    "an explicit deny of a service control policy": [
      refused("with an explicit deny in a service control policy")[0],
      "was denied. A service control policy forbids it",
    ],
    "a service control policy that does not allow": [
      refused("because no service control policy allows the kms:DescribeKey action")[0],
      "was denied. A service control policy forbids it",
    ],
    "a role in a path, and a session with dots": [
      user("arn:aws-us-gov:sts::123456789012:assumed-role/scan+er=,.@-_1/me@example.com"),
      "was denied. Allow it to role/scan+er=,.@-_1 in the key's policy",
    ],
    "denied to a user": [
      user("arn:aws:iam::123456789012:user/ops/ci-deploy"),
      "was denied. Allow it to user/ops/ci-deploy in the key's policy",
    ],
    "denied to the root user": [
      user("arn:aws:iam::123456789012:root"),
      "was denied. Allow it to the scanner in the key's policy",
    ],
    "denied without a word": [awsError("AccessDenied"), "was denied. Allow it to the scanner in the key's policy"],
    "denied as EC2 words it": [
      awsError("UnauthorizedOperation"),
      "was denied. Allow it to the scanner",
      "ec2:DescribeVpcs",
    ],
    "not in a recording": [awsError("NotRecorded"), "is not in the recording"],
    "an answer that is no JSON": [new SyntaxError("Unexpected token <"), "gave an answer that could not be read"],
    "an answer that is no XML": [
      new Error("char 'x' is not expected.:1:1 parse error"),
      "gave an answer that could not be read",
    ],
    "an expired token": [
      awsError("ExpiredTokenException", "The security token included in the request is expired"),
      "failed: ExpiredTokenException: The security token included in the request is expired",
    ],
    "no credentials": [
      Object.assign(new Error("Could not load credentials from any providers"), { name: "CredentialsProviderError" }),
      "failed: CredentialsProviderError: Could not load credentials from any providers",
    ],
    "a signature refused, of which only the first line is shown": [
      awsError("InvalidSignatureException", "The signature does not match.\n\n'x-amz-security-token:TOKEN'"),
      "failed: InvalidSignatureException: The signature does not match.",
    ],
    "an unknown code of the system": [
      Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO" }),
      "failed: Error: self-signed certificate",
    ],
    "what is no error": ["oops", "failed: Error: oops"],
    "what is undefined": [undefined, "failed: Error: undefined"],
  };
  for (const [sentence, [error, message, asked = call]] of Object.entries(lasting)) {
    it(`lasts: ${sentence}`, () => {
      expect(unreadFrom(error, asked, subject)).toEqual({
        call: asked,
        message: `on ${subject} ${message}`,
        lasting: true,
      });
      expect(isPassing(error)).toBe(false);
    });
  }

  const throttled = "was throttled past the retries";
  const passing: Record<string, [error: unknown, message: string]> = {
    throttled: [awsError("ThrottlingException", "Rate exceeded"), throttled],
    "throttled, as EC2 words it": [awsError("RequestLimitExceeded", "", 503), throttled],
    "throttled, as DynamoDB's control plane words it": [awsError("LimitExceededException"), throttled],
    "throttled by status": [awsError("Slower", "", 429), throttled],
    "the run's time is up": [
      awsError("DeadlineExceeded", "the run's time is up"),
      "was not asked: the run's time is up",
    ],
    "no answer in time": [
      Object.assign(new Error("socket timeout"), { name: "TimeoutError" }),
      "gave no answer in time",
    ],
    "a cut connection": [networkError("ECONNRESET"), "could not be reached (ECONNRESET)"],
    "no such host": [networkError("ENOTFOUND"), "could not be reached (ENOTFOUND)"],
    "nobody listens": [networkError("ECONNREFUSED"), "could not be reached (ECONNREFUSED)"],
    "AWS's own failure": [awsError("InternalServerError", "", 500), "failed on AWS's side (500 InternalServerError)"],
    "a gateway's page instead of an answer": [
      Object.assign(new SyntaxError("Unexpected token <"), { $response: { statusCode: 502 } }),
      "failed on AWS's side (502 SyntaxError)",
    ],
  };
  for (const [sentence, [error, message]] of Object.entries(passing)) {
    it(`passes: ${sentence}`, () => {
      expect(unreadFrom(error, call, subject)).toEqual({ call, message: `on ${subject} ${message}`, lasting: false });
      expect(isPassing(error)).toBe(true);
    });
  }
});

describe("a read", () => {
  it("gives the fact", async () => {
    expect(await read(call, subject, async () => 7)).toEqual({ value: 7 });
  });

  it("gives a fact that is null or undefined", async () => {
    expect(await read(call, subject, async () => null)).toEqual({ value: null });
    expect(await read(call, subject, async () => undefined)).toHaveProperty("value", undefined);
  });

  it("gives the reason, whether the attempt rejects or throws", async () => {
    const unread = { call, message: "on key ...9c02 was throttled past the retries", lasting: false };
    const rejects = (): Promise<never> => Promise.reject(awsError("SlowDown"));
    const throws = (): never => {
      throw awsError("SlowDown");
    };
    expect([await read(call, subject, rejects), await read(call, subject, throws)]).toEqual([{ unread }, { unread }]);
  });
});

it("a malformed answer lasts, and names what is missing", () => {
  expect(malformed(call, subject, "KeyState")).toEqual({
    call,
    message: "on key ...9c02 answered without KeyState",
    lasting: true,
  });
});

it("an UnreadError carries the reason and says it", () => {
  const unread = malformed(call, subject, "KeyState");
  expect(new UnreadError(unread)).toMatchObject({
    name: "UnreadError",
    message: "kms:DescribeKey on key ...9c02 answered without KeyState",
    unread,
  });
  expect(new UnreadError({ ...unread, call: null }).message).toBe("reading on key ...9c02 answered without KeyState");
});
