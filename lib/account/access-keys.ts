/** Reads of access keys, one user and one key a call: for whom the credential report does not tell enough. */
import {
  type AccessKeyMetadata,
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  IAMClient,
  paginateListAccessKeys,
} from "@aws-sdk/client-iam";
import { lastFour } from "../annotation.ts";
import type { Fact } from "../rule.ts";
import { told } from "./credential-report.ts";
import { malformed, read } from "./fact.ts";
import type { Session } from "./session.ts";
import type { LastUse } from "./static-key-facts.ts";

/** A key as ListAccessKeys tells it. */
export interface ListedKey {
  /** The session's word for the id, which it does not give away: `ci-deploy/...W2QX`. */
  readonly id: string;
  readonly isActive: boolean;
  readonly createDate: Date;
}

/** The keys of a user, active or not. A value of null: there is no such user any more. */
export async function listAccessKeys(session: Session, userName: string): Promise<Fact<readonly ListedKey[] | null>> {
  const call = "iam:ListAccessKeys";
  const subject = `user ${userName}`;
  const listing = await read(call, subject, async () => {
    const all: AccessKeyMetadata[] = [];
    try {
      for await (const page of paginateListAccessKeys({ client: session.client(IAMClient) }, { UserName: userName })) {
        if (page.AccessKeyMetadata === undefined) return "AccessKeyMetadata";
        all.push(...page.AccessKeyMetadata);
      }
      return all;
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchEntityException") return null;
      throw error;
    }
  });
  if ("unread" in listing || listing.value === null) return listing as Fact<null>;
  if (typeof listing.value === "string") return { unread: malformed(call, subject, listing.value) };
  const keys: ListedKey[] = [];
  for (const { AccessKeyId, Status, CreateDate } of listing.value) {
    if (!AccessKeyId) return { unread: malformed(call, subject, "a key's AccessKeyId") };
    if (!Status) return { unread: malformed(call, subject, "a key's Status") };
    if (!CreateDate) return { unread: malformed(call, subject, "a key's CreateDate") };
    keys.push({ id: AccessKeyId, isActive: Status !== "Inactive" && Status !== "Expired", createDate: CreateDate });
  }
  return { value: keys };
}

/** What a key was last used for. A value of null: never, since IAM keeps track. */
export async function accessKeyLastUse(
  session: Session,
  userName: string,
  { id }: ListedKey,
): Promise<Fact<LastUse | null>> {
  const call = "iam:GetAccessKeyLastUsed";
  const subject = `key ${lastFour(id)} of user ${userName}`;
  const answer = await read(call, subject, () =>
    session.client(IAMClient).send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id })),
  );
  if ("unread" in answer) return answer;
  if (answer.value.AccessKeyLastUsed === undefined) return { unread: malformed(call, subject, "AccessKeyLastUsed") };
  const { LastUsedDate: date, ServiceName, Region } = answer.value.AccessKeyLastUsed;
  const service = told(ServiceName);
  if (date !== undefined) return { value: { date, service, region: told(Region) } };
  return service === null ? { value: null } : { unread: malformed(call, subject, "LastUsedDate") };
}

/** Whether the root user has keys, active or not: all that can be known of them without the credential report. */
export async function hasRootKeys(session: Session): Promise<Fact<boolean>> {
  const call = "iam:GetAccountSummary";
  const subject = `account ${session.accountId}`;
  const answer = await read(call, subject, () => session.client(IAMClient).send(new GetAccountSummaryCommand({})));
  if ("unread" in answer) return answer;
  const present = answer.value.SummaryMap?.AccountAccessKeysPresent;
  if (present === undefined) return { unread: malformed(call, subject, "AccountAccessKeysPresent") };
  return { value: present > 0 };
}
