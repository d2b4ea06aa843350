/** Who asks, and where: the account behind the SDK's usual credentials, for a scan that no event tells its account. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { answeredError } from "./answers.ts";

export interface Caller {
  readonly accountId: string;
  /** Of the user, the root user, or a role's session; null where STS does not tell it. */
  readonly arn: string | null;
  readonly region: string;
  /** Resolved once for all clients: a profile may ask for a code or open a browser. */
  readonly credentials: AwsCredentialIdentityProvider;
}

/** What a caller needs and has not; `answer`: STS's, which refused the credentials or was not reached. */
export type Lacking = "credentials" | "region" | "answer";

/** Thrown where there is no caller; the message is one line and says what to do. */
export class CallerError extends Error {
  override readonly name = "CallerError";
  readonly lacking: Lacking;

  constructor(lacking: Lacking, message: string, options?: ErrorOptions) {
    super(message, options);
    this.lacking = lacking;
  }
}

/** The caller by the SDK's own chain of environment and profile.
 * @param region instead of the chain's
 * @throws CallerError */
export async function findCaller(region: string | undefined): Promise<Caller> {
  const client = new STSClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_500, requestTimeout: 10_000 },
  });
  const credentials = client.config.credentials;
  await credentials().catch((error: Error) => {
    // The chain's own last word adds nothing; a profile's or an expired session's does.
    const because = error.message.startsWith("Could not load credentials from any") ? "" : ` - ${error.message}`;
    throw new CallerError(
      "credentials",
      `no AWS credentials found: set AWS_PROFILE, or try the recorded account by \`scan --sample\`${because}`,
      { cause: error },
    );
  });
  const inForce = await client.config.region().catch((error: Error) => {
    throw new CallerError(
      "region",
      "no AWS region found: give --region, set AWS_REGION, or add a region to the profile",
      {
        cause: error,
      },
    );
  });
  const { Account, Arn } = await client.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new CallerError("answer", whyNoAnswer(error, inForce), { cause: error });
  });
  if (Account === undefined)
    throw new CallerError("answer", "sts:GetCallerIdentity answered without Account: is it AWS's STS?");
  return { accountId: Account, arn: Arn ?? null, region: inForce, credentials };
}

// Of AWS's message the first line alone: a refused signature is told with the signed headers, the session token among them.
function whyNoAnswer(error: Error, region: string): string {
  const { name, message, status } = answeredError(error);
  if (status === 400 || status === 401 || status === 403) {
    return `AWS STS in ${region} refused the credentials: renew them, or set AWS_PROFILE to others - ${name}: ${message}`;
  }
  const because = status === null ? message : `${status} ${name}`;
  return `AWS STS in ${region} cannot be reached: check the network, the region and AWS_ENDPOINT_URL - ${because}`;
}
