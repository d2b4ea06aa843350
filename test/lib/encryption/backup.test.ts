import { describe, expect, it } from "vitest";
import type { ListedBackup } from "../../../lib/account/backups.ts";
import type { RecoveryPoint } from "../../../lib/account/recovery-points.ts";
import { backupsByTable, named } from "../../../lib/encryption/backup.ts";

const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const table = "us-east-1:123456789012:table/Orders";
const day = (number: number) => new Date(Date.UTC(2026, 0, number));

function listed(id: string, changes: Partial<ListedBackup> = {}): ListedBackup {
  const backupArn = `${tableArn}/backup/${id}`;
  return { backupArn, backupName: id, backupStatus: "AVAILABLE", backupCreationDateTime: day(1), ...changes };
}

function point(recoveryPointArn: string, changes: Partial<RecoveryPoint> = {}): RecoveryPoint {
  const key = { value: { keyArn: null } };
  const rest = { resourceArn: tableArn, backupVaultName: "Nightly", status: "COMPLETED", creationDate: day(1), key };
  return { recoveryPointArn, ...rest, ...changes };
}

/** Names by table, or the end of the ARN where there is none. */
function names(...lists: Parameters<typeof backupsByTable>): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...backupsByTable(...lists)].map(([place, found]) => [place, found.map(({ name, arn }) => name ?? arn.slice(-4))]),
  );
}

describe("the backups of both lists", () => {
  it("are gathered by table, newest first", () => {
    const ofBoth = [
      [listed("old", { backupCreationDateTime: day(1) }), listed("new", { backupCreationDateTime: day(3) })],
      [point("arn:aws:backup:us-east-1:123456789012:recovery-point:0D45", { creationDate: day(2) })],
    ] as const;
    expect(names(...ofBoth)).toEqual({ [table]: ["new", "0D45", "old"] });
  });

  it("count once where both tell the same backup; AWS Backup's word stands", () => {
    const found = backupsByTable([listed("a")], [point(`${tableArn}/backup/a`)]);
    expect([...found.values()].flat()).toEqual([
      {
        arn: `${tableArn}/backup/a`,
        tableArn,
        name: null,
        vaultName: "Nightly",
        createdAt: day(1),
        key: { value: { keyArn: null } },
      },
    ]);
  });

  it("leave to DynamoDB what AWS Backup does not tell of its key", () => {
    const found = backupsByTable([], [point(`${tableArn}/backup/a`, { key: null })]);
    expect([...found.values()].flat().map(({ key }) => key)).toEqual([null]);
  });

  it("leave out what is none any more, or none yet", () => {
    const backups = ["CREATING", "DELETED"].map((backupStatus) => listed(backupStatus, { backupStatus }));
    const points = ["CREATING", "EXPIRED", "DELETING"].map((status) => point(status, { status }));
    expect(names(backups, points)).toEqual({});
  });

  it("keep what is partial, stopped, or of a status that nobody knows: it may hold data", () => {
    const points = ["PARTIAL", "STOPPED", "AVAILABLE", "COMPLETED", "UNHEARD"].map((status) =>
      point(status, { status }),
    );
    expect(backupsByTable([listed("a", { backupStatus: "UNHEARD" })], points).get(table)).toHaveLength(6);
  });

  it("keep apart tables of one name in other regions and accounts, from which points were copied", () => {
    const copied = [
      point("1", { resourceArn: tableArn.replace("us-east-1", "eu-west-1") }),
      point("2", { resourceArn: tableArn.replace("123456789012", "210987654321") }),
    ];
    expect(Object.keys(names([listed("a")], copied))).toEqual([
      table,
      "eu-west-1:123456789012:table/Orders",
      "us-east-1:210987654321:table/Orders",
    ]);
  });

  it("find the table of a backup even if it is called backup", () => {
    const backupArn = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/backup/backup/01489602797149-73d8d5bc";
    expect(Object.keys(names([listed("a", { backupArn })], []))).toEqual(["cn-north-1:123456789012:table/backup"]);
  });
});

describe("backups in words", () => {
  const backups = ["a", "b", "c", "d"].map((name) => ({
    arn: name,
    tableArn,
    name,
    vaultName: null,
    createdAt: day(1),
  }));

  it.each<[atMost: number, withTable: boolean, words: string]>([
    [5, false, "a, b, c, d"],
    [3, false, "a, b, c and 1 more"],
    [2, true, "Orders/a, Orders/b and 2 more"],
    [0, false, "4 more"],
    [-1, false, "4 more"],
  ])("are named up to %i, and counted beyond", (atMost, withTable, words) => {
    expect(named(backups, withTable, atMost)).toBe(words);
  });

  it("are called by their vault and the end of their ARN where they have no name", () => {
    const points = backups.map((backup) => ({ ...backup, name: null, vaultName: "Nightly", arn: "arn:0D45" }));
    expect(named(points.slice(0, 1), true, 3)).toBe("Orders/Nightly/...0D45");
  });

  it("keep the end of long names", () => {
    const long = backups.map((backup) => ({ ...backup, name: "orders-production-2026-01-01" }));
    expect(named(long.slice(0, 1), false, 3)).toBe("...on-2026-01-01");
    expect(named(long.slice(0, 1), true, 3)).toBe("...rs/orders-production-2026-01-01");
  });
});
