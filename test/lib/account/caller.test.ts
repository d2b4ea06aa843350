import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CallerError, findCaller } from "../../../lib/account/caller.ts";
import { accountId, awsError, networkError, region } from "../../fakes/account.ts";

const mock = () => mockClient(STSClient);
let sts: ReturnType<typeof mock>;
beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "testing");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "testing");
  sts = mock();
});
afterEach(() => sts.restore());

it("is the account of the credentials, and whose they are", async () => {
  const arn = `arn:aws:iam::${accountId}:user/ann`;
  sts.on(GetCallerIdentityCommand).resolves({ Account: accountId, Arn: arn });

  expect(await findCaller(region)).toMatchObject({ accountId, arn, region });
});

it.each<[string, Error, string]>([
  [
    "refused credentials",
    awsError("SignatureDoesNotMatch", "It does not match.\nx-amz-security-token:SECRET", 403),
    "AWS STS in us-east-1 refused the credentials: renew them, or set AWS_PROFILE to others - SignatureDoesNotMatch: It does not match.",
  ],
  [
    "no way to STS",
    networkError("ECONNREFUSED"),
    "AWS STS in us-east-1 cannot be reached: check the network, the region and AWS_ENDPOINT_URL - connect ECONNREFUSED 10.0.0.1:443",
  ],
  [
    "a failure on AWS's side",
    awsError("ServiceUnavailable", "", 503),
    "AWS STS in us-east-1 cannot be reached: check the network, the region and AWS_ENDPOINT_URL - 503 ServiceUnavailable",
  ],
])("with %s there is none, in one line without a secret", async (_, error, message) => {
  sts.on(GetCallerIdentityCommand).rejects(error);

  const thrown = await findCaller(region).catch((caught: unknown) => caught);

  expect(thrown).toBeInstanceOf(CallerError);
  expect(thrown).toMatchObject({ lacking: "answer", message });
});
