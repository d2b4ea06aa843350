/** What changed since an earlier JSON report: told by fingerprints, so that dates and counts in the text make nothing new. */
import * as z from "zod/mini";
import { unreadInWords } from "../annotation.ts";
import { printable, quoted } from "../parameters.ts";
import type { Evaluation, NotRead, ResourceKey } from "../rule.ts";
import { severities } from "../rule.ts";
import { reportSchemaVersion } from "./json.ts";
import {
  type Comparison,
  type FormerViolation,
  isViolation,
  type RuleReport,
  type Violation,
  violationOf,
} from "./report.ts";

/** An earlier report, as far as a comparison needs it. */
export interface Baseline {
  readonly toolVersion: string;
  readonly accountId: string;
  readonly region: string;
  readonly evaluatedAt: Date;
  /** The parameters of each rule that it asked. */
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Those that counted: what was exempted then and is no more is new. */
  readonly violations: readonly Violation[];
}

/** Thrown for a file that is no report, is damaged, or is of another schema version; the message names which. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
}

// Loose: a comparison needs these fields, and a report has more.
const baselineFile = z.object({
  toolVersion: z.string(),
  accountId: z.string(),
  region: z.string(),
  evaluatedAt: z.iso.datetime(),
  rules: z.array(z.object({ rule: z.string(), parameters: z.record(z.string(), z.string()) })),
  evaluations: z.array(
    z.object({
      rule: z.string(),
      resourceType: z.templateLiteral(["AWS::", z.string()]),
      resourceId: z.string(),
      resourceName: z.string(),
      resourceArn: z.nullable(z.string()),
      complianceType: z.enum(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]),
      severity: z.nullable(z.enum(severities)),
      exemption: z.nullable(z.string()),
      fingerprint: z.string(),
    }),
  ),
  leftOut: z.nullish(z.object({ minSeverity: z.string() })),
});

const make = "make one with scan --format json --output FILE";

/** The earlier report in a file's text.
 * @param fileName for the messages
 * @throws BaselineError */
export function parseBaseline(text: string, fileName: string): Baseline {
  const json = parsedJson(text, fileName);
  const version = typeof json === "object" && json !== null && "schemaVersion" in json ? json.schemaVersion : undefined;
  if (version === undefined) throw new BaselineError(`baseline ${fileName} is no report in JSON: ${make}`);
  if (version !== reportSchemaVersion) {
    throw new BaselineError(
      `baseline ${fileName} is of schema ${quoted(version)}; this version reads ${reportSchemaVersion}: ${make}`,
    );
  }
  const result = baselineFile.safeParse(json);
  if (!result.success) {
    const at = result.error.issues[0]?.path.join(".") ?? "";
    throw new BaselineError(`baseline ${fileName} is no whole report (see ${printable(at)}): ${make}`);
  }
  const { toolVersion, accountId, region, evaluatedAt, rules, evaluations, leftOut } = result.data;
  if (leftOut) {
    const limit = printable(leftOut.minSeverity);
    throw new BaselineError(`baseline ${fileName} tells no violation below ${limit}: make one without --min-severity`);
  }
  return {
    toolVersion,
    accountId,
    region,
    evaluatedAt: new Date(evaluatedAt),
    parameters: new Map(rules.map(({ rule, parameters }) => [rule, parameters])),
    violations: evaluations
      .filter(({ complianceType, exemption }) => complianceType === "NON_COMPLIANT" && exemption === null)
      .map(({ rule, resourceType: type, resourceId: id, resourceName: name, resourceArn: arn, ...row }) => ({
        rule,
        resource: { type, id, name, arn },
        severity: row.severity ?? "LOW",
        fingerprint: row.fingerprint,
      })),
  };
}

function parsedJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message quotes the file.
    throw new BaselineError(`baseline ${fileName} is cut or no JSON (${printable((error as Error).message)}): ${make}`);
  }
}

/** Every violation of now is new or unchanged; every one of then is unchanged or told with what became of it. */
export function compareWith(baseline: Baseline, rules: readonly RuleReport[]): Comparison {
  const now = rules.flatMap(({ evaluations }) => evaluations.filter(isViolation).map(violationOf));
  const before = new Set(baseline.violations.map(({ fingerprint }) => fingerprint));
  const still = new Set(now.map(({ fingerprint }) => fingerprint));
  const fateOf = fates(rules);
  const gone = baseline.violations
    .filter(({ fingerprint }) => !still.has(fingerprint))
    .map((violation) => ({ violation, fate: fateOf(violation) }));
  const whose = (kind: Fate["kind"]): readonly FormerViolation[] =>
    gone.flatMap(({ violation, fate }) => (fate.kind === kind ? [{ ...violation, because: fate.because }] : []));
  return {
    evaluatedAt: baseline.evaluatedAt,
    toolVersion: baseline.toolVersion,
    new: now.filter(({ fingerprint }) => !before.has(fingerprint)),
    unchanged: now.filter(({ fingerprint }) => before.has(fingerprint)),
    mended: whose("mended"),
    changed: whose("changed"),
    exempted: whose("exempted"),
    notVerified: whose("notVerified"),
    addedRules: rules.map(({ rule }) => rule).filter((rule) => !baseline.parameters.has(rule)),
    rulesWithOtherParameters: rules.flatMap(({ rule, parameters }) => {
      const then = baseline.parameters.get(rule);
      return then === undefined || isSame(then, parameters) ? [] : [rule];
    }),
  };
}

interface Fate {
  readonly kind: "mended" | "changed" | "exempted" | "notVerified";
  readonly because: string;
}

/** What became of a violation whose fingerprint is none of now. */
function fates(rules: readonly RuleReport[]): (violation: Violation) => Fate {
  const known = new Map<string, Fate>();
  const brokenOff = new Map<string, NotRead>();
  const keyOf = (rule: string, { type, id }: ResourceKey): string => JSON.stringify([rule, type, id]);
  for (const { rule, evaluations, notRead } of rules) {
    for (const evaluation of evaluations) known.set(keyOf(rule, evaluation.resource), fateBy(evaluation));
    for (const row of notRead) {
      if (row.resource === null) brokenOff.set(rule, row);
      else known.set(keyOf(rule, row.resource), unreadFate(row));
    }
  }
  return ({ rule, resource }) => {
    if (rules.every((report) => report.rule !== rule)) {
      return { kind: "notVerified", because: "the rule was not asked this time" };
    }
    const fate = known.get(keyOf(rule, resource));
    if (fate !== undefined) return fate;
    // Where a listing broke off, what it did not reach may be there still.
    const row = brokenOff.get(rule);
    return row === undefined ? { kind: "mended", because: "nothing of this name exists any more" } : unreadFate(row);
  };
}

function fateBy({ complianceType, annotation, exemption }: Evaluation): Fate {
  // Whoever may tag could exempt himself: by whatever it is exempted, that is no mend.
  if (exemption !== null) return { kind: "exempted", because: exemption };
  return { kind: complianceType === "NON_COMPLIANT" ? "changed" : "mended", because: annotation };
}

function unreadFate({ unread }: NotRead): Fate {
  return { kind: "notVerified", because: unreadInWords(unread) };
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => one[name] === other[name]);
}
