/** The calls on IAM. Those that make a report or start a job are not asked: they change nothing that anybody set, but
 * their answer takes the place of an earlier one. */
import {
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
  ListAccessKeysCommand,
} from "@aws-sdk/client-iam";
import type { Session } from "../account/session.ts";
import { partitionOf } from "../endpoint-policies/partition.ts";
import { ask, askAbout, type Probe, withheld } from "./probe.ts";

/** What IAM says of a report that it has not: to whoever may read it. */
const noReportNames = [
  "CredentialReportNotPresentException",
  "CredentialReportNotReadyException",
  "CredentialReportExpiredException",
];
/** How IAM answers who may ask of what is not there. */
const missing = ["NoSuchEntity", "NoSuchEntityException"];
/** A job that nobody started. */
const noJob = "00000000-0000-0000-0000-000000000000";

export async function probeIam(session: Session): Promise<readonly Probe[]> {
  const client = session.client(IAMClient);
  const [users, policies, others] = await Promise.all([
    probeUsers(client),
    probePolicies(client, session.region),
    Promise.all([
      ask(
        "iam:GetCredentialReport",
        "the account",
        () => client.send(new GetCredentialReportCommand({})),
        noReportNames,
      ),
      ask("iam:GetAccountSummary", "the account", () => client.send(new GetAccountSummaryCommand({}))),
      ask(
        "iam:GetServiceLastAccessedDetails",
        "a job that is not there",
        () => client.send(new GetServiceLastAccessedDetailsCommand({ JobId: noJob })),
        missing,
      ),
    ]),
  ]);
  return [
    ...users,
    ...policies,
    ...others.map(({ probe }) => probe),
    withheld("iam:GenerateCredentialReport", "it makes a report"),
    withheld("iam:GenerateServiceLastAccessedDetails", "it starts a job"),
  ];
}

/** One user and one of his keys at most; the session strikes the key's id out. */
async function probeUsers(client: IAMClient): Promise<readonly Probe[]> {
  const details = await ask("iam:GetAccountAuthorizationDetails", "the account", () =>
    client.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["User"], MaxItems: 1 })),
  );
  const userName = details.value?.UserDetailList?.[0]?.UserName;
  const keys = await askAbout(
    "iam:ListAccessKeys",
    { thing: userName, noun: "user", by: details.probe },
    (name) => `user ${name}`,
    (UserName) => client.send(new ListAccessKeysCommand({ UserName, MaxItems: 1 })),
    missing,
  );
  const lastUsed = await askAbout(
    "iam:GetAccessKeyLastUsed",
    {
      thing: keys.value?.AccessKeyMetadata?.[0]?.AccessKeyId,
      noun: "access key",
      by: keys.probe,
    },
    () => `a key of user ${userName}`,
    (AccessKeyId) => client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })),
    missing,
  );
  return [details.probe, keys.probe, lastUsed.probe];
}

/** An AWS managed policy, which every account has. */
async function probePolicies(client: IAMClient, region: string): Promise<readonly Probe[]> {
  const name = "ReadOnlyAccess";
  const PolicyArn = `arn:${partitionOf(region)}:iam::aws:policy/${name}`;
  const subject = `AWS managed policy ${name}`;
  const policy = await ask("iam:GetPolicy", subject, () => client.send(new GetPolicyCommand({ PolicyArn })), missing);
  const VersionId = policy.value?.Policy?.DefaultVersionId ?? "v1";
  const version = await ask(
    "iam:GetPolicyVersion",
    subject,
    () => client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId })),
    missing,
  );
  return [policy.probe, version.probe];
}
