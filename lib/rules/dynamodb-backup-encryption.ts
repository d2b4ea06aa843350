import pMap from "p-map";
import { backupKeyReader, listBackups } from "../account/backups.ts";
import { UnreadError } from "../account/fact.ts";
import { keyReader } from "../account/keys.ts";
import { longestNotJudgedFirst } from "../account/order.ts";
import { listRecoveryPoints } from "../account/recovery-points.ts";
import type { Session } from "../account/session.ts";
import { exemptResourceTag, readTables, tableType } from "../account/table-readings.ts";
import { listTables } from "../account/tables.ts";
import { defineRule } from "../define-rule.ts";
import {
  type BackupDemands,
  type Backups,
  backupKeyInWords,
  backupParameters,
  backupReasons,
  backupsByTable,
  backupsUnread,
  type EncryptedBackup,
  type FoundBackup,
  noRotation,
} from "../encryption/backup.ts";
import { backupFaults } from "../encryption/backup-faults.ts";
import { keyContradictions } from "../encryption/key.ts";
import { mendOf, verdictOf } from "../fault.ts";
import type { Reading, Resource, ResourceKey, Scope, Unread } from "../rule.ts";

interface Parameters extends BackupDemands {
  readonly maxBackupsPerTable: number;
  readonly exemptResourceTag: string | null;
}

const accountType = "AWS::::Account";

export const backupEncryption = defineRule<Backups, Parameters>({
  name: "dynamodb-backup-encryption",
  practice: "Encryption at rest",
  title: "Backups are encrypted with a key that can be audited and used",
  description:
    "Each on-demand backup, system backup and AWS Backup recovery point of a table is under a key of at least the demanded type, and that key can be used. A backup stays under the key of its day.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
    "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html",
  ],
  reasons: backupReasons,
  judges: [tableType, accountType],
  // Backups come and go with every change of a table, and one change would cost a listing of all of them.
  watches: [],
  permissions: [
    { action: "dynamodb:ListTables", resources: ["*"] },
    { action: "dynamodb:ListBackups", resources: ["*"] },
    {
      action: "dynamodb:DescribeBackup",
      resources: ["arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*/backup/*"],
    },
    { action: "backup:ListBackupVaults", resources: ["*"] },
    {
      action: "backup:ListRecoveryPointsByBackupVault",
      resources: ["arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:*"],
    },
    // A key may be another account's.
    { action: "kms:DescribeKey", resources: ["arn:${AWS::Partition}:kms:${AWS::Region}:*:key/*"] },
    { action: "tag:GetResources", resources: ["*"] },
  ],
  parameters: {
    byName: { ...backupParameters, exemptResourceTag },
    contradictions: (parameters) => keyContradictions({ ...noRotation, ...parameters }),
  },

  async *collect(session, scope, parameters) {
    const { found, notListed } = await findBackups(session);
    // After the backups: a table that was made between the two listings would look gone.
    const tables = await listTables(session);
    const readBackups = backupReader(session, parameters.maxBackupsPerTable);
    const placeOfTable = (tableName: string) => `${session.region}:${session.accountId}:table/${tableName}`;
    const places = new Set(tables.tableNames.map(placeOfTable));

    const readOrphans = async (): Promise<Reading<Backups> | null> => {
      // A table that was not listed need not be gone.
      if (tables.brokenOff !== null || !isInScope(scope, session.accountId)) return null;
      const orphans = [...found].flatMap(([place, ofTable]) => (places.has(place) ? [] : [ofTable]));
      if (orphans.length === 0 && notListed === null) return null;
      const backups = await pMap(orphans, readBackups, { concurrency: session.concurrency });
      const { accountId } = session;
      const resource: Resource = { type: accountType, id: accountId, name: accountId, arn: null };
      return { resource, facts: { tableName: null, backups: backups.flat(), notListed } };
    };
    // Beside the tables, in the same line for DescribeBackup: neither keeps the other from its turn.
    const ofAccount = readOrphans();
    try {
      const inOrder: Scope = { kind: "resources", resources: tablesInOrder(scope, tables.tableNames) };
      yield* readTables<Backups>(session, inOrder, parameters.exemptResourceTag, async (tableName) => {
        if (!places.has(placeOfTable(tableName)))
          return tables.brokenOff === null ? { gone: true } : { unread: tables.brokenOff };
        const ofTable = found.get(placeOfTable(tableName)) ?? [];
        const facts: Backups = { tableName, backups: await readBackups(ofTable), notListed };
        return { ...(ofTable[0] === undefined ? {} : { arn: ofTable[0].tableArn }), facts };
      });
    } finally {
      await ofAccount;
    }
    const reading = await ofAccount;
    if (reading !== null) yield reading;
    if (scope.kind === "account" && tables.brokenOff !== null) throw new UnreadError(tables.brokenOff);
  },

  evaluate(facts, parameters) {
    if (facts.backups.length === 0 && facts.notListed === null) {
      const because =
        facts.tableName === null
          ? "No backup of a table that is gone"
          : "No backup; continuous backups (point-in-time recovery), if any, are under the table's own key";
      return { complianceType: "NOT_APPLICABLE", because };
    }
    return verdictOf(backupFaults(facts, parameters), backupsUnread(facts), () => whyCompliant(facts, parameters));
  },

  mend(facts, parameters) {
    const faults = backupFaults(facts, parameters);
    const mend = mendOf(faults, backupsUnread(facts), facts);
    const worst = faults[0]?.summary ?? mend.summary;
    // The summaries of all causes would leave an annotation no room for what was found.
    return mend.summary === worst ? mend : { ...mend, summary: `${worst}. More in the report` };
  },
});

/** The backups of both lists by table. The lists themselves, which may be long, are not kept. */
async function findBackups(session: Session) {
  const [listed, points] = await Promise.all([listBackups(session), listRecoveryPoints(session)]);
  return {
    found: backupsByTable(listed.backups, points.recoveryPoints),
    notListed: worseOf(listed.brokenOff, points.brokenOff),
  };
}

/** Reads the keys of one table's backups; of those that must be asked about one by one, the newest so many.
 * Leaves out what was deleted since it was listed. */
function backupReader(session: Session, maxBackupsPerTable: number) {
  const readKeyArn = backupKeyReader(session);
  const readKey = keyReader(session, false);
  return async (found: readonly FoundBackup[]): Promise<readonly EncryptedBackup[]> => {
    const past = new Set(found.filter(({ key }) => key === null).slice(maxBackupsPerTable));
    const backups: EncryptedBackup[] = [];
    // One after the other: all tables' wait in one line anyway.
    for (const listed of found) {
      const { key: told, ...backup } = listed;
      const notAsked = () => ({ unread: unreadPast(past.size, backup.tableArn, maxBackupsPerTable) });
      const key = told ?? (past.has(listed) ? notAsked() : await readKeyArn(backup.arn));
      if ("unread" in key) backups.push({ ...backup, key });
      else if (key.value !== null) {
        const { keyArn } = key.value;
        const value = keyArn === null ? null : { keyArn, key: await readKey(keyArn) };
        backups.push({ ...backup, key: { value } });
      }
    }
    return backups;
  };
}

function unreadPast(count: number, tableArn: string, maxBackupsPerTable: number): Unread {
  const message = `on the ${count} oldest backups of table ${tableArn.split("/")[1]} was not asked: maxBackupsPerTable is ${maxBackupsPerTable}. Raise it, or delete what is not needed`;
  return { call: "dynamodb:DescribeBackup", message, lasting: true };
}

function isInScope(scope: Scope, accountId: string): boolean {
  return scope.kind === "account" || scope.resources.some(({ type, id }) => type === accountType && id === accountId);
}

function tablesInOrder(scope: Scope, tableNames: readonly string[]): readonly ResourceKey[] {
  if (scope.kind === "resources") return scope.resources;
  const keys = tableNames.map((id): ResourceKey => ({ type: tableType, id }));
  return longestNotJudgedFirst(keys, (key) => key, scope.lastJudged);
}

function worseOf(one: Unread | null, other: Unread | null): Unread | null {
  return other?.lasting ? (one?.lasting ? one : other) : (one ?? other);
}

/** Without counts and dates: AWS bills each change of an annotation, and backups come every day. */
function whyCompliant(facts: Backups, { minimumKeyType, ignoreBackupsCreatedBefore }: Parameters): string {
  const keys = [...new Set(facts.backups.map(backupKeyInWords))].sort().join(", ");
  const since = ignoreBackupsCreatedBefore === null ? "" : ` of those since ${ignoreBackupsCreatedBefore}`;
  const demanded = `all usable; ${minimumKeyType} or stronger required${since}`;
  if (facts.tableName !== null)
    return `Backups under ${keys}, ${demanded}. Continuous backups are under the table's own key`;
  const tables = [...new Set(facts.backups.map(({ tableArn }) => tableArn.split("/")[1]))].sort().join(", ");
  return `Backups of gone tables under ${keys}, ${demanded}. Tables: ${tables}`;
}
