import { keyReader } from "../account/keys.ts";
import { exemptResourceTag, readTables, tableType } from "../account/table-readings.ts";
import { describeTable } from "../account/tables.ts";
import { defineRule } from "../define-rule.ts";
import { type KeyDemands, keyContradictions, keyParameters } from "../encryption/key.ts";
import { type EncryptedTable, tableFaults, tableKeyInWords, tableReasons, tableUnread } from "../encryption/table.ts";
import { type Fault, faultOfWhole, mendOf, verdictOf } from "../fault.ts";
import type { Fact, Unread } from "../rule.ts";
import { isComingOrGoing, whyNotYetJudged } from "../table-status.ts";

interface Parameters extends KeyDemands {
  readonly exemptResourceTag: string | null;
}

export interface TableEncryptionFacts {
  readonly tableName: string;
  /** The table itself, then its replicas, each as its own region describes it. */
  readonly copies: readonly [TableCopy, ...TableCopy[]];
}

export interface TableCopy {
  readonly region: string;
  /** Null for the table itself. */
  readonly replicaStatus: string | null;
  /** A value of null: the region has no such table. */
  readonly table: Fact<EncryptedTable | null>;
}

export const tableEncryption = defineRule<TableEncryptionFacts, Parameters>({
  name: "dynamodb-table-encryption",
  practice: "Encryption at rest",
  title: "Tables are encrypted with a key that can be audited and used",
  description:
    "A table, its indexes, its stream and all its replicas are encrypted with a key of at least the demanded type, and that key can be used.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html",
    "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
  ],
  reasons: tableReasons,
  judges: [tableType],
  watches: [tableType],
  permissions: [
    { action: "dynamodb:ListTables", resources: ["*"] },
    // A replica's key is told by its own region only, and a key may be another account's.
    { action: "dynamodb:DescribeTable", resources: ["arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/*"] },
    { action: "kms:DescribeKey", resources: ["arn:${AWS::Partition}:kms:*:*:key/*"] },
    { action: "kms:GetKeyRotationStatus", resources: ["arn:${AWS::Partition}:kms:*:*:key/*"] },
    { action: "tag:GetResources", resources: ["*"] },
  ],
  parameters: { byName: { ...keyParameters, exemptResourceTag }, contradictions: keyContradictions },

  async *collect(session, scope, parameters) {
    const readKey = keyReader(session, parameters.requireKeyRotation);
    const readTable = async (tableName: string, region: string) => {
      const described = await describeTable(session, tableName, region);
      if ("unread" in described) return { table: described, replicas: [] };
      if (described.value === null) return { table: { value: null }, replicas: [] };
      const { replicas, ...description } = described.value;
      const keyArn = description.sseDescription?.kmsMasterKeyArn ?? null;
      const table: EncryptedTable = { ...description, key: keyArn === null ? null : await readKey(keyArn) };
      return { table: { value: table }, replicas };
    };
    yield* readTables<TableEncryptionFacts>(session, scope, parameters.exemptResourceTag, async (tableName) => {
      const { table, replicas } = await readTable(tableName, session.region);
      if ("unread" in table) return table;
      if (table.value === null) return { gone: true };
      const home: TableCopy = { region: session.region, replicaStatus: null, table };
      const others = replicas.map(async ({ regionName: region, replicaStatus }): Promise<TableCopy> => {
        return { region, replicaStatus, table: (await readTable(tableName, region)).table };
      });
      return { arn: table.value.tableArn, facts: { tableName, copies: [home, ...(await Promise.all(others))] } };
    });
  },

  evaluate(facts, parameters) {
    const { table } = facts.copies[0];
    if ("value" in table && table.value !== null && isComingOrGoing(table.value.tableStatus)) {
      return { complianceType: "NOT_APPLICABLE", because: whyNotYetJudged(table.value.tableStatus) };
    }
    return verdictOf(faultsOf(facts, parameters), whatIsUnread(facts, parameters), () =>
      whyCompliant(facts, parameters),
    );
  },

  mend(facts, parameters) {
    return mendOf(faultsOf(facts, parameters), whatIsUnread(facts, parameters), facts);
  },
});

function faultsOf(facts: TableEncryptionFacts, parameters: Parameters): readonly Fault<TableEncryptionFacts>[] {
  const homeRegion = facts.copies[0].region;
  return facts.copies.flatMap(({ region, table }, at) => {
    if ("unread" in table || table.value === null) return [];
    const faults = tableFaults(table.value, { tableName: facts.tableName, region, homeRegion }, parameters);
    return faults.map((fault) => {
      const found = at === 0 ? fault.reason.found : `Replica ${region}: ${fault.reason.found}`;
      return faultOfWhole({ ...fault, reason: { ...fault.reason, found } }, withinCopy(at));
    });
  });
}

function withinCopy(place: number) {
  return (repair: (table: EncryptedTable) => EncryptedTable) =>
    (facts: TableEncryptionFacts): TableEncryptionFacts => {
      const repaired = (copy: TableCopy, at: number): TableCopy =>
        at === place && "value" in copy.table && copy.table.value !== null
          ? { ...copy, table: { value: repair(copy.table.value) } }
          : copy;
      const [home, ...replicas] = facts.copies;
      return { ...facts, copies: [repaired(home, 0), ...replicas.map((copy, at) => repaired(copy, at + 1))] };
    };
}

/** What compliance needs and is not known; what lasts comes first, since waiting will not mend it. */
function whatIsUnread(facts: TableEncryptionFacts, parameters: Parameters): Unread | null {
  const homeRegion = facts.copies[0].region;
  const unread = facts.copies.map(({ region, replicaStatus, table }): Unread | null => {
    if ("unread" in table) return table.unread;
    if (table.value !== null) {
      const place = { tableName: facts.tableName, region, homeRegion };
      return isComingOrGoing(table.value.tableStatus) ? null : tableUnread(table.value, place, parameters);
    }
    if (replicaStatus !== null && ["CREATING", "CREATION_FAILED", "DELETING"].includes(replicaStatus)) return null;
    const message = `on table ${facts.tableName} finds none in ${region}, though a replica is listed there`;
    return { call: "dynamodb:DescribeTable", message, lasting: false };
  });
  return unread.find((fact) => fact?.lasting) ?? unread.find((fact) => fact !== null) ?? null;
}

function whyCompliant(facts: TableEncryptionFacts, { minimumKeyType }: Parameters): string {
  const keys = facts.copies.flatMap(({ region, table }, at) => {
    if ("unread" in table || table.value === null || isComingOrGoing(table.value.tableStatus)) return [];
    return [`${at === 0 ? "" : `replica ${region}: `}${tableKeyInWords(table.value)}`];
  });
  return `${keys.join("; ")}; ${minimumKeyType} or stronger required. Indexes and stream share it`;
}
