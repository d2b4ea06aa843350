/** What is wrong with the keys of backups, and what can be done: a backup keeps its key for good. Pure. */
import type { KmsKey } from "../account/keys.ts";
import { type Fault, faultOfWhole } from "../fault.ts";
import type { Step } from "../rule.ts";
import {
  type Backup,
  type BackupDemands,
  type Backups,
  backupKeyInWords,
  backupReasons,
  type EncryptedBackup,
  isUnderVaultKey,
  keyArnOf,
  kmsKeyOf,
  named,
  noRotation,
} from "./backup.ts";
import { isWeaker, keyFaults, keyResource, keyTypeOf } from "./key.ts";

type Group = readonly [EncryptedBackup, ...EncryptedBackup[]];
interface GroupFault {
  readonly group: Group;
  readonly fault: Fault<Backups>;
}

const wrongKeys = ["keyNotAllowed", "customerManagedKeyRequired", "awsOwnedKey"] as const;
type WrongKey = (typeof wrongKeys)[number];

const namedAtMost = 3;

/** One fault a cause, however many backups it has, worst first. The first one names the worst three backups and counts
 * all others. */
export function backupFaults(facts: Backups, demands: BackupDemands): readonly Fault<Backups>[] {
  const { backups, tableName } = facts;
  const codes = Object.keys(backupReasons);
  const [worst, ...more] = [
    ...groupsOf(backups, keyArnOf).flatMap((group) => faultsOfState(group, tableName)),
    ...wrongKeys.flatMap((code) => {
      const keyOf = (backup: EncryptedBackup) => `${backupKeyInWords(backup)} ${keyArnOf(backup)}`;
      const groups = groupsOf(backups, (backup) => (wrongKey(backup, demands) === code ? keyOf(backup) : null));
      return groups.map((group) => ({ group, fault: faultOfChoice(code, group, tableName, demands) }));
    }),
  ].sort((one, other) => codes.indexOf(one.fault.reason.code) - codes.indexOf(other.fault.reason.code));
  if (worst === undefined) return [];
  const { fault, group } = worst;
  const others = more.flatMap((other) => other.group).filter((backup) => !group.includes(backup));
  const too = [...new Set(others)];
  const also = too.length === 0 ? "" : `; at fault too: ${named(too, tableName === null, namedAtMost - group.length)}`;
  const found = `${fault.reason.found}${also}`;
  return [{ ...fault, reason: { ...fault.reason, found } }, ...more.map((other) => other.fault)];
}

/** Those of one cause together; null: no cause. */
function groupsOf(
  backups: readonly EncryptedBackup[],
  cause: (backup: EncryptedBackup) => string | null,
): readonly Group[] {
  const groups = Map.groupBy(backups, cause);
  groups.delete(null);
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}

function faultsOfState(group: Group, tableName: string | null): readonly GroupFault[] {
  const [one] = group;
  const keyArn = keyArnOf(one);
  const key = kmsKeyOf(one);
  if (keyArn === null || key === null) return [];
  const loses = group.length === 1 ? "the backup" : "each backup under it";
  return keyFaults(keyArn, key.value, noRotation, loses).map((fault) => {
    const found = `${fault.reason.found}: ${named(group, tableName === null, namedAtMost)}`;
    const naming = { ...fault, reason: { ...fault.reason, found } };
    return { group, fault: key.value === null ? lost(naming, group) : faultOfWhole(naming, withKey(keyArn)) };
  });
}

/** A key's repair reaches all that it encrypts. */
function withKey(keyArn: string) {
  return (repair: (key: KmsKey) => KmsKey) =>
    (facts: Backups): Backups => ({
      ...facts,
      backups: facts.backups.map((backup) => {
        const key = keyArnOf(backup) === keyArn ? (kmsKeyOf(backup)?.value ?? null) : null;
        return key === null ? backup : { ...backup, key: { value: { keyArn, key: { value: repair(key) } } } };
      }),
    });
}

/** A key that is gone for good takes all that it encrypted with it. */
function lost({ reason }: Fault<KmsKey>, group: Group): Fault<Backups> {
  return {
    reason,
    summary: "Back up again, then delete the old (delete-backup, delete-recovery-point)",
    steps: [
      { words: "Nothing brings the key back. See that there is a newer backup, under another key." },
      ...group.map(deletion),
    ],
    mayBreak: "Nothing: what is deleted could not be restored",
    remedy: { choice: "Whether to give up what only these backups hold." },
  };
}

function wrongKey(backup: EncryptedBackup, demands: BackupDemands): WrongKey | null {
  const { minimumKeyType, allowedKeyArns, ignoreBackupsCreatedBefore: firstDay } = demands;
  if ("unread" in backup.key || (firstDay !== null && backup.createdAt < new Date(firstDay))) return null;
  const keyArn = keyArnOf(backup);
  if (allowedKeyArns.length > 0 && (keyArn === null || !allowedKeyArns.includes(keyArn))) return "keyNotAllowed";
  const key = kmsKeyOf(backup)?.value ?? null;
  const keyType = keyArn === null ? "AWS_OWNED_KEY" : key === null ? null : keyTypeOf(key);
  if (keyType === null || !isWeaker(keyType, minimumKeyType)) return null;
  return minimumKeyType === "CUSTOMER_MANAGED_KEY" ? "customerManagedKeyRequired" : "awsOwnedKey";
}

function faultOfChoice(code: WrongKey, group: Group, tableName: string | null, demands: BackupDemands): Fault<Backups> {
  const [one] = group;
  const keyArn = keyArnOf(one);
  const demanded = {
    keyNotAllowed: "a key of allowedKeyArns is required",
    customerManagedKeyRequired: "CUSTOMER_MANAGED_KEY required",
    awsOwnedKey: `${demands.minimumKeyType} or stronger required`,
  }[code];
  const backups = `${group.length === 1 ? "backup" : "backups"} ${named(group, tableName === null, namedAtMost)}`;
  return {
    reason: {
      code,
      found: `${backupKeyInWords(one)}: ${backups}`,
      wanted: tableName === null ? demanded : `${demanded}. Continuous backups: the table's key`,
      source: code === "keyNotAllowed" && keyArn !== null ? keyResource(keyArn) : null,
    },
    ...(tableName === null ? carryOver(group, demands) : backUpAgain(group, tableName)),
    mayBreak: "What is deleted cannot be restored any more. A locked vault refuses until its retention ends",
    remedy: { choice: "Whether the old backups are still needed, and which key the new ones shall be under." },
  };
}

/** The table lives: a new backup takes the place of the old ones. */
function backUpAgain(group: Group, tableName: string): Pick<Fault<Backups>, "summary" | "steps"> {
  const [one] = group;
  const { tableArn } = one;
  const deletions = group.map(deletion);
  if (isUnderVaultKey(one)) {
    const words = "A recovery point is under its vault's key: choose a vault under such a key for VAULT.";
    const job = ["--backup-vault-name", "VAULT", "--resource-arn", tableArn, "--iam-role-arn", "ROLE_ARN"];
    return {
      summary:
        "Back up again into a vault under such a key, then delete the old (start-backup-job, delete-recovery-point)",
      steps: [
        { words },
        { command: ["aws", "backup", "start-backup-job", ...job, ...regionOf(tableArn)] },
        ...deletions,
      ],
    };
  }
  const words =
    "A new backup is under the key that the table has then: bring the table under such a key first (dynamodb-table-encryption).";
  const backup = ["--table-name", tableName, "--backup-name", "under-the-right-key"];
  return {
    summary: "Back up again under such a key, then delete the old (create-backup, delete-backup)",
    steps: [
      { words },
      { command: ["aws", "dynamodb", "create-backup", ...backup, ...regionOf(tableArn)] },
      ...deletions,
    ],
  };
}

/** The table is gone: what is still needed must be brought from backup to backup. */
function carryOver(group: Group, demands: BackupDemands): Pick<Fault<Backups>, "summary" | "steps"> {
  const deletions = group.map(deletion);
  if (isUnderVaultKey(group[0])) {
    const words =
      "A copy is under the key of the vault that it is copied to: choose one under such a key for VAULT_ARN. Copy what is still needed.";
    return {
      summary:
        "Copy what is needed to a vault under such a key, then delete the old (start-copy-job, delete-recovery-point)",
      steps: [{ words }, ...group.map(copy), ...deletions],
    };
  }
  const words =
    "Restore what is still needed under such a key and back it up: a table is restored from its newest backup.";
  const newest = [...Map.groupBy(group, ({ tableArn }) => tableArn).values()].flatMap(([first]) => first ?? []);
  return {
    summary: "Restore what is needed under such a key, then delete the old (restore-table-from-backup, delete-backup)",
    steps: [{ words }, ...newest.map((backup) => restoration(backup, demands)), ...deletions],
  };
}

function restoration({ arn, tableArn }: Backup, { minimumKeyType, allowedKeyArns }: BackupDemands): Step {
  const anyKey = minimumKeyType !== "CUSTOMER_MANAGED_KEY" && allowedKeyArns.length === 0;
  const [only = "KEY_ARN"] = allowedKeyArns.length === 1 ? allowedKeyArns : [];
  const specification = `Enabled=true,SSEType=KMS${anyKey ? "" : `,KMSMasterKeyId=${only}`}`;
  const target = ["--target-table-name", tableArn.split("/")[1] ?? "", "--backup-arn", arn];
  const encryption = ["--sse-specification-override", specification];
  return { command: ["aws", "dynamodb", "restore-table-from-backup", ...target, ...encryption, ...regionOf(arn)] };
}

function copy({ arn, vaultName }: Backup): Step {
  const from = ["--recovery-point-arn", arn, "--source-backup-vault-name", vaultName ?? ""];
  const to = ["--destination-backup-vault-arn", "VAULT_ARN", "--iam-role-arn", "ROLE_ARN"];
  return { command: ["aws", "backup", "start-copy-job", ...from, ...to, ...regionOf(arn)] };
}

function deletion({ arn, vaultName }: Backup): Step {
  if (vaultName === null)
    return { command: ["aws", "dynamodb", "delete-backup", "--backup-arn", arn, ...regionOf(arn)] };
  const point = ["--backup-vault-name", vaultName, "--recovery-point-arn", arn];
  return { command: ["aws", "backup", "delete-recovery-point", ...point, ...regionOf(arn)] };
}

function regionOf(arn: string): readonly string[] {
  return ["--region", arn.split(":")[3] ?? ""];
}
