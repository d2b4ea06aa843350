/** One reading a user, and one the account for its root user: from the bulk reads where they decide, else user by user. */
import { pMapIterable } from "p-map";
import { lastFour } from "../annotation.ts";
import type { Fact, Reading, Resource, Scope, Unread } from "../rule.ts";
import { accessKeyLastUse, hasRootKeys, type ListedKey, listAccessKeys } from "./access-keys.ts";
import { type CredentialReport, type ReportedUser, readCredentialReport } from "./credential-report.ts";
import { malformed } from "./fact.ts";
import { type PrincipalFacts, userType } from "./iam-facts.ts";
import { readIam } from "./iam-readings.ts";
import { lastAccessedReader } from "./last-accessed.ts";
import type { Session } from "./session.ts";
import {
  type AccessKey,
  accountType,
  type Evidence,
  type LastUse,
  type RootKeys,
  type StaticKeys,
  type UserKeys,
} from "./static-key-facts.ts";

export interface StaticKeyQuestions {
  readonly evidence: readonly Evidence[];
  /** `exemptPrincipals`: patterns of ARNs with * and ?. */
  readonly exempt: readonly string[];
  /** The namespaces of which service last accessed details are asked. */
  readonly services: readonly string[];
  /** Whether a use is all that needs to be known of its key. */
  readonly isProof: (use: LastUse) => boolean;
  /** Whether service last accessed details can still tell something of a user with these keys. */
  readonly isOpen: (keys: readonly AccessKey[]) => boolean;
}

/** The account first, then its users, those never or longest not judged first.
 * @throws UnreadError at the end, where the listing of the whole account broke off */
export async function* readStaticKeys(
  session: Session,
  scope: Scope,
  questions: StaticKeyQuestions,
): AsyncGenerator<Reading<StaticKeys>> {
  const { accountId } = session;
  const isAsked = (type: Resource["type"]): boolean =>
    scope.kind === "account" || scope.resources.some((key) => key.type === type);
  if (!isAsked(accountType) && !isAsked(userType)) return;
  const report = questions.evidence.includes("credentialReport") ? await readCredentialReport(session) : null;
  if (isAsked(accountType)) {
    const resource: Resource = { type: accountType, id: accountId, name: accountId, arn: null };
    yield { resource, facts: await rootKeys(session, report) };
  }
  const keysOf = userReader(session, report, questions);
  yield* pMapIterable(
    readIam(session, scope, { exempt: questions.exempt, types: [userType] }),
    async (reading): Promise<Reading<StaticKeys>> => {
      if (!("facts" in reading)) return reading;
      const { resource, facts } = reading;
      if (facts.kind === "policy") throw new Error(`a policy was read as the user ${resource.id}`);
      const keys = await keysOf(facts);
      return keys === null ? { resource, gone: true } : { resource, facts: keys };
    },
    { concurrency: session.concurrency },
  );
}

type Report = Fact<CredentialReport> | null;

async function rootKeys(session: Session, report: Report): Promise<RootKeys> {
  const root = { kind: "root", accountId: session.accountId, now: session.now.getTime() } as const;
  if (report === null) return { ...root, keys: await rootKeysWithoutReport(session), reportedAt: null };
  if ("unread" in report) return { ...root, keys: report, reportedAt: null };
  const { root: reported, incomplete, generatedTime } = report.value;
  const missing = incomplete ?? malformed("iam:GetCredentialReport", `account ${session.accountId}`, "the root user");
  return {
    ...root,
    keys: reported === null ? { unread: missing } : { value: reported.keys },
    reportedAt: generatedTime,
  };
}

async function rootKeysWithoutReport(session: Session): Promise<RootKeys["keys"]> {
  const present = await hasRootKeys(session);
  if ("unread" in present) return present;
  if (!present.value) return { value: [] };
  const message = "tells that there is a key, not whether it is active: add credentialReport to evidence";
  return { unread: { call: "iam:GetAccountSummary", message, lasting: true } };
}

/** Reads the keys of one user after another; null: the user is gone. */
function userReader(session: Session, report: Report, { evidence, services, isProof, isOpen }: StaticKeyQuestions) {
  const readServiceUses = lastAccessedReader(session, services);
  const told = report !== null && "value" in report ? report.value : null;

  const withLastUse = async (name: string, listed: ListedKey, reported: AccessKey["reported"]): Promise<AccessKey> => {
    const { id, isActive, createDate } = listed;
    const isProven = reported !== null && "value" in reported && reported.value !== null && isProof(reported.value);
    const isAsked = isActive && !isProven && evidence.includes("accessKeyLastUsed");
    const lastUsed = isAsked ? await accessKeyLastUse(session, name, listed) : null;
    return { ending: lastFour(id), isActive, createDate, reported, lastUsed };
  };

  return async (user: PrincipalFacts): Promise<UserKeys | null> => {
    const row = told?.users.get(user.arn) ?? null;
    const facts = (keys: readonly AccessKey[], keysUnread: Unread | null): UserKeys => ({
      kind: "user",
      user,
      keys,
      keysUnread,
      hasPassword: row?.hasPassword ?? null,
      serviceUses: null,
      reportedAt: told?.generatedTime ?? null,
    });
    if (row?.keys.every(({ isActive }) => !isActive)) return facts(row.keys, null);
    const listed = await listAccessKeys(session, user.name);
    if ("unread" in listed) {
      const lastUsed = evidence.includes("accessKeyLastUsed") ? listed : null;
      const keys = (row?.keys ?? []).map((key) => ({ ...key, lastUsed }));
      return facts(keys, listed.unread);
    }
    if (listed.value === null) return null;
    const keys: AccessKey[] = [];
    for (const key of listed.value)
      keys.push(await withLastUse(user.name, key, reportedUse(key, listed.value, report, row)));
    const isAsked = evidence.includes("serviceLastAccessed") && isOpen(keys);
    return { ...facts(keys, null), serviceUses: isAsked ? await readServiceUses(user) : null };
  };
}

/** What the report tells of a key. It has no ids: a key is told by the date of its creation, or by being the only one
 * that is left, since the report's date is also that of a later change. */
function reportedUse(
  key: ListedKey,
  listed: readonly ListedKey[],
  report: Report,
  row: ReportedUser | null,
): AccessKey["reported"] {
  if (report === null || "unread" in report) return report;
  const { generatedTime, incomplete } = report.value;
  if (row === null) return incomplete === null ? null : { unread: incomplete };
  const rowsOf = (one: ListedKey) => row.keys.filter(({ createDate }) => isSameSecond(createDate, one.createDate));
  const [own, ...twins] = rowsOf(key);
  if (own !== undefined) {
    const isOnlyOne = twins.length === 0 && listed.filter((one) => rowsOf(one).includes(own)).length === 1;
    return isOnlyOne ? own.reported : null;
  }
  const strangers = listed.filter((one) => one.createDate <= generatedTime && rowsOf(one).length === 0);
  const [left, ...others] = row.keys.filter((one) => !listed.some((other) => rowsOf(other).includes(one)));
  const isOnlyOne = others.length === 0 && strangers.length === 1 && strangers.includes(key);
  return left !== undefined && isOnlyOne && key.createDate <= (left.createDate ?? generatedTime) ? left.reported : null;
}

function isSameSecond(one: Date | null, other: Date): boolean {
  return one !== null && Math.floor(one.getTime() / 1_000) === Math.floor(other.getTime() / 1_000);
}
