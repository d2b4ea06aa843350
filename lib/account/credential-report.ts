/** IAM's credential report: all users with the state and last use of their keys, in one file. It names no key. */
import { GenerateCredentialReportCommand, GetCredentialReportCommand, IAMClient } from "@aws-sdk/client-iam";
import type { Fact, Unread } from "../rule.ts";
import { malformed, unreadFrom } from "./fact.ts";
import { paced } from "./pace.ts";
import { untilDone } from "./poll.ts";
import type { Session } from "./session.ts";
import type { AccessKey, LastUse } from "./static-key-facts.ts";

export interface CredentialReport {
  readonly generatedTime: Date;
  /** By ARN. */
  readonly users: ReadonlyMap<string, ReportedUser>;
  /** Null where the report has no such row. */
  readonly root: ReportedUser | null;
  /** Why a user may be missing; null: all are there that there were. */
  readonly incomplete: Unread | null;
}

export interface ReportedUser {
  /** Null where it is not told. */
  readonly hasPassword: boolean | null;
  readonly keys: readonly AccessKey[];
}

const generateCall = "iam:GenerateCredentialReport";
const getCall = "iam:GetCredentialReport";
const pollsPerSecond = 1;
/** The report of the largest account is a matter of seconds. */
const mostPolls = 120;
const hour = 3_600_000;
/** IAM makes a new one when the last is four hours old. */
const oldestReport = 24 * hour;

/** The report, made anew where IAM's last one is too old for it. */
export async function readCredentialReport(session: Session): Promise<Fact<CredentialReport>> {
  const subject = `account ${session.accountId}`;
  const client = session.client(IAMClient);
  const inTurn = paced(pollsPerSecond, session.signal);
  let call = generateCall;
  try {
    const state = await untilDone(mostPolls, async () => {
      const { State } = await client.send(inTurn(new GenerateCredentialReportCommand({})));
      return State === "STARTED" || State === "INPROGRESS" ? null : (State ?? "");
    });
    if (state === null) return { unread: { call, message: `on ${subject} was not done in time`, lasting: false } };
    if (state !== "COMPLETE") return { unread: malformed(call, subject, "a State that is known") };
    call = getCall;
    const { Content, GeneratedTime } = await client.send(new GetCredentialReportCommand({}));
    if (Content === undefined) return { unread: malformed(call, subject, "Content") };
    if (GeneratedTime === undefined) return { unread: malformed(call, subject, "GeneratedTime") };
    if (session.now.getTime() - GeneratedTime.getTime() > oldestReport) {
      const message = `on ${subject} answered with the old report of ${GeneratedTime.toISOString()}`;
      return { unread: { call, message, lasting: false } };
    }
    return parsed(Buffer.from(Content).toString("utf8"), GeneratedTime, subject);
  } catch (error) {
    return { unread: unreadFrom(error, call, subject) };
  }
}

const rootName = "<root_account>";
const keyNumbers = [1, 2] as const;
const columns = [
  "user",
  "arn",
  "password_enabled",
  ...keyNumbers.flatMap((number) =>
    ["active", "last_rotated", "last_used_date", "last_used_region", "last_used_service"].map((name) =>
      columnOf(number, name),
    ),
  ),
];

type Row = ReadonlyMap<string, string>;

function parsed(text: string, generatedTime: Date, subject: string): Fact<CredentialReport> {
  const [header = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  const names = fieldsOf(header);
  const missing = columns.find((column) => !names.includes(column));
  if (missing !== undefined) return { unread: malformed(getCall, subject, `the column ${missing}`) };
  const users = new Map<string, ReportedUser>();
  let root: ReportedUser | null = null;
  let incomplete: Unread | null = null;
  for (const line of lines) {
    const fields = fieldsOf(line);
    const row: Row = new Map(names.map((name, at) => [name, fields[at] ?? ""]));
    const user = fields.length === names.length ? reportedUser(row, subject) : `all fields of ${fields[0]}`;
    if (typeof user === "string") incomplete ??= malformed(getCall, subject, user);
    else if (row.get("user") === rootName) root = user;
    else users.set(row.get("arn") ?? "", user);
  }
  return { value: { generatedTime, users, root, incomplete } };
}

/** Of a line of comma-separated values: a name in IAM may hold a comma, but no quotation mark. */
function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Or what is missing of it. */
function reportedUser(row: Row, subject: string): ReportedUser | string {
  const name = row.get("user") ?? "";
  const keys: AccessKey[] = [];
  for (const number of keyNumbers) {
    const isActive = flagIn(row, columnOf(number, "active"));
    if (isActive === null) return `${columnOf(number, "active")} of ${name}`;
    const createDate = dateIn(row, columnOf(number, "last_rotated"));
    if (isActive || createDate !== null)
      keys.push({
        ending: null,
        isActive,
        createDate,
        reported: reportedUse(row, number, `${subject}, user ${name}`),
        lastUsed: null,
      });
  }
  return { hasPassword: flagIn(row, "password_enabled"), keys };
}

function reportedUse(row: Row, number: number, subject: string): Fact<LastUse | null> {
  const column = columnOf(number, "last_used_date");
  if (row.get(column) === "N/A") return { value: null };
  const date = dateIn(row, column);
  if (date === null) return { unread: malformed(getCall, subject, `a date in ${column}`) };
  const service = wordIn(row, columnOf(number, "last_used_service"));
  return { value: { date, service, region: wordIn(row, columnOf(number, "last_used_region")) } };
}

function columnOf(number: number, name: string): string {
  return `access_key_${number}_${name}`;
}

function flagIn(row: Row, column: string): boolean | null {
  const word = row.get(column)?.toLowerCase();
  return word === "true" ? true : word === "false" ? false : null;
}

function dateIn(row: Row, column: string): Date | null {
  const date = new Date(row.get(column) ?? "");
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Null for what IAM writes where it does not know. */
export function told(word: string | undefined): string | null {
  return word === undefined || ["", "N/A", "no_information", "not_supported"].includes(word) ? null : word;
}

function wordIn(row: Row, column: string): string | null {
  return told(row.get(column));
}
