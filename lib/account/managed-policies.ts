/** Managed policies as documents, and the reading of those that IAM's bulk listing left out. */
import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient, type PolicyVersion } from "@aws-sdk/client-iam";
import { decodePolicyDocument } from "../iam/parse.ts";
import type { Fact, Unread } from "../rule.ts";
import { malformed, read } from "./fact.ts";
import type { PolicyDocument } from "./iam-facts.ts";
import type { Session } from "./session.ts";

/** AWS's own policies are in every account: `arn:aws:iam::aws:policy/...`. */
export function isAwsManaged(policyArn: string): boolean {
  return policyArn.split(":")[4] === "aws";
}

/** The document in force; of a policy that the account can change, also which versions there are. */
export function managedPolicy(
  arn: string,
  id: string,
  versions: readonly PolicyVersion[],
  document: Fact<string>,
): PolicyDocument {
  const name = nameIn(arn);
  if (isAwsManaged(arn)) return { name, kept: { in: "aws", arn }, group: null, document };
  const told = versions.flatMap(({ VersionId, IsDefaultVersion, CreateDate }) => {
    if (!VersionId) return [];
    return [
      { versionId: VersionId, isDefault: IsDefaultVersion === true, createDate: CreateDate?.toISOString() ?? null },
    ];
  });
  return { name, kept: { in: "account", arn, id, versions: told }, group: null, document };
}

/** IAM hands documents out URL-encoded. An empty one is none: it must not pass for a policy that allows nothing. */
export function documentFact(
  encoded: string | undefined,
  call: string,
  subject: string,
  missing: string,
): Fact<string> {
  if (!encoded) return { unread: malformed(call, subject, missing) };
  return { value: decodePolicyDocument(encoded) };
}

/** A managed policy of which nothing but its ARN is known, which then stands for its id. */
export function unreadPolicy(policyArn: string, unread: Unread): PolicyDocument {
  return managedPolicy(policyArn, policyArn, [], { unread });
}

/** Reads each policy once, however many principals have it. */
export function policyReader(session: Session): (policyArn: string) => Promise<PolicyDocument> {
  const policies = new Map<string, Promise<PolicyDocument>>();
  return (policyArn) => {
    const policy = policies.get(policyArn) ?? readPolicy(session, policyArn);
    policies.set(policyArn, policy);
    return policy;
  };
}

async function readPolicy(session: Session, policyArn: string): Promise<PolicyDocument> {
  const client = session.client(IAMClient);
  const subject = `policy ${nameIn(policyArn)}`;
  const policy = await read("iam:GetPolicy", subject, async () => {
    return (await client.send(new GetPolicyCommand({ PolicyArn: policyArn }))).Policy ?? {};
  });
  if ("unread" in policy) return unreadPolicy(policyArn, policy.unread);
  const { PolicyId, DefaultVersionId } = policy.value;
  if (!DefaultVersionId) return unreadPolicy(policyArn, malformed("iam:GetPolicy", subject, "DefaultVersionId"));

  const call = "iam:GetPolicyVersion";
  const input = { PolicyArn: policyArn, VersionId: DefaultVersionId };
  const version = await read(call, subject, async () => {
    return (await client.send(new GetPolicyVersionCommand(input))).PolicyVersion ?? {};
  });
  if ("unread" in version) return unreadPolicy(policyArn, version.unread);
  const { Document, CreateDate } = version.value;
  // Its other versions are not asked for: the one in force decides.
  const versions = [{ VersionId: DefaultVersionId, IsDefaultVersion: true, CreateDate }];
  return managedPolicy(policyArn, PolicyId || policyArn, versions, documentFact(Document, call, subject, "Document"));
}

/** `Orders` of `arn:aws:iam::123456789012:policy/team/Orders`. */
function nameIn(policyArn: string): string {
  return policyArn.split("/").at(-1) ?? policyArn;
}
