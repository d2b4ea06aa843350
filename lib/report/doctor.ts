/** What the doctor found, for people and as JSON. */
import { areas, type Check, type CheckStatus } from "../doctor/check.ts";
import { inertJson } from "./json.ts";
import { type Emphasis, emphasise, type TextOptions, wrap } from "./text.ts";
import { countOf } from "./words.ts";

export interface Examination {
  readonly toolVersion: string;
  /** Null where nobody is known who asks. */
  readonly accountId: string | null;
  readonly region: string | null;
  readonly checkedAt: Date;
  readonly checks: readonly Check[];
}

export const doctorSchemaVersion = 1;

export function doctorJson({ toolVersion, accountId, region, checkedAt, checks }: Examination): string {
  return inertJson({
    schemaVersion: doctorSchemaVersion,
    toolVersion,
    accountId,
    region,
    checkedAt: checkedAt.toISOString(),
    checks: checks.map(({ area, name, status, found, todo, hinders, rules }) => ({
      area,
      check: name,
      status,
      found,
      todo,
      hinders,
      rules,
    })),
  });
}

export function doctorText({ accountId, region, checks }: Examination, options: TextOptions): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const lines = [
    ["dynamodb-compliance doctor", accountId, region].filter((part) => part !== null).join("  "),
    ...areas.flatMap((area) => {
      const own = checks.filter((check) => check.area === area);
      if (own.length === 0) return [];
      return ["", emphasise(area, "bold", options), ...own.flatMap((check) => checkLines(check, nameWidth, options))];
    }),
    "",
    ...wrap(summary(checks), options.width),
  ];
  return `${lines.join("\n")}\n`;
}

const emphases: Readonly<Record<CheckStatus, Emphasis>> = { OK: "green", PROBLEM: "red", NOT_KNOWN: "yellow" };
const statusWidth = "NOT KNOWN".length;
/** Narrower than this, words stand better below a name than beside it. */
const narrowest = 32;

function checkLines({ name, status, found, todo }: Check, nameWidth: number, options: TextOptions): readonly string[] {
  const told = emphasise(status.replace("_", " ").padEnd(statusWidth), emphases[status], options);
  const text = todo === null ? found : `${found}; ${todo}`;
  const indent = 2 + statusWidth + 2;
  const beside = indent + nameWidth + 2;
  if (options.width - beside < narrowest) {
    const below = wrap(text, options.width - indent).map((line) => `${" ".repeat(indent)}${line}`);
    return [`  ${told}  ${name}`, ...below];
  }
  return wrap(text, options.width - beside).map((line, at) =>
    at === 0 ? `  ${told}  ${name.padEnd(nameWidth)}  ${line}` : `${" ".repeat(beside)}${line}`,
  );
}

function summary(checks: readonly Check[]): string {
  const count = (counted: (check: Check) => boolean): number => checks.filter(counted).length;
  const scan = count(({ hinders }) => hinders === "scan");
  const deployment = count(({ hinders }) => hinders === "deployment");
  const unknown = count(({ status, hinders }) => status === "NOT_KNOWN" && hinders === null);
  const parts = [
    scan === 0 ? "nothing hinders a scan" : `${countOf(scan, "check")} would leave a scan with something unread`,
    deployment === 0
      ? "nothing known hinders a deployment"
      : `${countOf(deployment, "check")} would hinder a deployment`,
    ...(unknown === 0 ? [] : [`${unknown} more not known`]),
  ];
  return `${parts.join(", ")}. The IAM policy that a scan needs: rules --policy`;
}
