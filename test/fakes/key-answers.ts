/** What IAM tells of access keys, as the SDK hands it on. */
import { accountId } from "./account.ts";

interface ReportedKey {
  readonly active: string;
  readonly rotated?: string;
  readonly used?: { readonly date: string; readonly service: string; readonly region: string };
}

interface Reported {
  /** `password_enabled`. */
  readonly password?: string;
  readonly keys?: readonly ReportedKey[];
}

const header =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/** A credential report of these rows. */
export function reportOf(...rows: readonly string[]): string {
  return [header, ...rows].join("\n");
}

/** A user's row; without a key where none is said. */
export function reportRow(name: string, reported: Reported = {}): string {
  return rowOf(name, `arn:aws:iam::${accountId}:user/${name}`, { password: "false", ...reported });
}

export function rootRow(reported: Reported): string {
  return rowOf("<root_account>", `arn:aws:iam::${accountId}:root`, { password: "not_supported", ...reported });
}

function rowOf(name: string, arn: string, { password = "false", keys = [] }: Reported): string {
  const fields = [0, 1].flatMap((at) => {
    const { active, rotated, used } = keys[at] ?? { active: "false" };
    return [active, rotated ?? "N/A", used?.date ?? "N/A", used?.region ?? "N/A", used?.service ?? "N/A"];
  });
  const made = "2025-01-01T00:00:00+00:00";
  return [name, arn, made, password, "N/A", "N/A", "N/A", "false", ...fields, "false", "N/A", "false", "N/A"].join(",");
}
