/** Who asks, and where: the account behind the SDK's usual credentials, for a scan that no event tells its account. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentityProvider } from "@smithy/types";

export interface Caller {
  readonly accountId: string;
  readonly region: string;
  /** Resolved once for all clients: a profile may ask for a code or open a browser. */
  readonly credentials: AwsCredentialIdentityProvider;
}

/** Thrown where there is no caller; the message is one line and says what to do. */
export class CallerError extends Error {
  override readonly name = "CallerError";
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
      `no AWS credentials found: set AWS_PROFILE, or try the recorded account with \`npm start\`${because}`,
      { cause: error },
    );
  });
  const inForce = await client.config.region().catch((error: Error) => {
    throw new CallerError("no AWS region found: give --region, set AWS_REGION, or add a region to the profile", {
      cause: error,
    });
  });
  const { Account } = await client.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new CallerError(whyNoAnswer(error, inForce), { cause: error });
  });
  if (Account === undefined) throw new CallerError("sts:GetCallerIdentity answered without Account: is it AWS's STS?");
  return { accountId: Account, region: inForce, credentials };
}

function whyNoAnswer(error: Error, region: string): string {
  const metadata = "$metadata" in error ? (error.$metadata as { readonly httpStatusCode?: number }) : {};
  const status = metadata.httpStatusCode;
  if (status === 400 || status === 401 || status === 403) {
    return `AWS STS in ${region} refused the credentials: renew them, or set AWS_PROFILE to others - ${error.name}: ${error.message}`;
  }
  const because = status === undefined ? error.message : `${status} ${error.name}`;
  return `AWS STS in ${region} cannot be reached: check the network, the region and AWS_ENDPOINT_URL - ${because}`;
}
