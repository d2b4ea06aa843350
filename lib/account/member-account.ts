/** Credentials of a role in another account of the organization, for a function that judges more than its own. */
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentityProvider } from "@smithy/types";

/** Lambda's longest run. */
const durationSeconds = 900;

/** Assumes the role when the first call needs it, and once only: no run outlives it. */
export function memberCredentials(roleArn: string, region: string): AwsCredentialIdentityProvider {
  let credentials: ReturnType<AwsCredentialIdentityProvider> | null = null;
  return () => {
    credentials ??= assume(roleArn, region);
    return credentials;
  };
}

async function assume(roleArn: string, region: string): ReturnType<AwsCredentialIdentityProvider> {
  const { Credentials } = await new STSClient({ region }).send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: "dynamodb-compliance",
      DurationSeconds: durationSeconds,
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
    throw new Error(`sts:AssumeRole of ${roleArn} answered without credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}
